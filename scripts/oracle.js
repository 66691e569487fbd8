// Our engine beside flagsmith-nodejs, for as long as you like.
//
//   npm run oracle -- --cases 100000 --seed 1

import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: { cases: { type: 'string', default: '100000' }, seed: { type: 'string', default: '1' } },
})
const { status } = spawnSync('npx', ['vitest', 'run', '--project', 'node', 'test/edge/oracle.test.ts'], {
  stdio: 'inherit',
  env: { ...process.env, GUIDON_CASES: values.cases, GUIDON_SEED: values.seed },
})
process.exit(status ?? 1)
