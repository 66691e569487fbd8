import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'node',
          // Node is the default environment: a core test that passes here has proved the core needs no page.
          // A file that needs one says so in its first line (`@vitest-environment happy-dom`).
          environment: 'node',
          include: ['test/**/*.test.ts'],
          exclude: ['test/chromium/**'],
          setupFiles: ['test/quiet.ts'],
        },
      },
      {
        test: {
          name: 'chromium',
          environment: 'node',
          include: ['test/chromium/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
