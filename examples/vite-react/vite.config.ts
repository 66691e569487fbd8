import react from '@vitejs/plugin-react'
import * as guidon from 'guidon/bundler'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [react(), guidon.vite({ omit: ['ai-summaries'] })],
  // The app knows the server by the same variable as the build, when there is one.
  envPrefix: 'GUIDON_API',
  preview: { host: '127.0.0.1' },
})
