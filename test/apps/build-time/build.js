import { rspack } from '@rspack/core'
import * as guidon from 'guidon/bundler'

const compiler = rspack({
  mode: 'production',
  entry: './app.js',
  output: { path: import.meta.dirname, filename: 'rspack.cjs', publicPath: '/' },
  plugins: [guidon.rspack()],
})
compiler.run((error, stats) => {
  if (error || stats.hasErrors()) throw error ?? new Error(stats.toString())
})
