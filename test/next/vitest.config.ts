import { defineConfig } from 'vitest/config'

/** The example for Next.js, built and in Chromium: `npm run test:next`. Apart from `npm test`, because Next is 370 MB. */
export default defineConfig({
  test: { include: ['test/next/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 },
})
