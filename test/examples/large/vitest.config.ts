import { defineConfig } from 'vitest/config'

/** Examples that bring hundreds of megabytes of their own, and so are no part of `npm test`: `npm run test:examples`. */
export default defineConfig({
  test: {
    include: ['test/examples/large/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
})
