import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'

/** The guests import the client by the package's name. In tests that is its source, and so are other doors. */
const guidon = [
  { find: /^guidon$/, replacement: resolve('src/index.ts') },
  { find: /^guidon\/migrate\/more$/, replacement: resolve('src/migrate-more.ts') },
  { find: /^guidon\/(analytics|live|storage)$/, replacement: resolve('src/$1.ts') },
]

/** React 18 has a folder of modules of its own. */
const react18 = { find: /^(react|react-dom)(?=$|\/)/, replacement: resolve('test/react/18/node_modules/$1') }

export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias: guidon },
        test: {
          name: 'node',
          // Node is the default environment: a core test that passes here has proved the core needs no page.
          // A file that needs one says so in its first line (`@vitest-environment happy-dom`).
          environment: 'node',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: [
            'test/chromium/**',
            'test/caches/**',
            'test/examples/large/**',
            'test/site/**',
            '**/node_modules/**',
          ],
          setupFiles: ['test/quiet.ts'],
        },
      },
      {
        // The same tests of `guidon/react` with the oldest React it works with.
        resolve: { alias: [...guidon, react18] },
        test: {
          name: 'react-18',
          env: { REACT: '18' },
          environment: 'node',
          include: ['test/react/*.test.tsx', 'test/migrate/*.test.tsx'],
          // The official hooks are to have the same React.
          server: { deps: { inline: [/@flagsmith/] } },
          setupFiles: ['test/quiet.ts'],
        },
      },
      {
        resolve: { alias: guidon },
        test: {
          name: 'caches',
          environment: 'node',
          include: ['test/caches/*.test.ts'],
          setupFiles: ['test/quiet.ts'],
          // After all others: they have limits of time that are real.
          sequence: { groupOrder: 1 },
          // They mostly wait for what they keep to grow old.
          maxWorkers: 3,
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
