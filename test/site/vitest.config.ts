import { defineConfig } from 'vitest/config'

/** The site of the docs, as it is built. Its generator is heavy, and so it is no part of `npm test`: `npm run test:docs`. */
export default defineConfig({
  test: {
    include: ['test/site/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
})
