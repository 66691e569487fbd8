import { execFileSync } from 'node:child_process'

const said = ['rspack.cjs', 'webpack.cjs'].map((file) =>
  execFileSync('node', ['-e', `globalThis.self = globalThis; require('./${file}')`], { encoding: 'utf8' }),
)
console.log(said[0] === said[1] ? said[0].trim() : said)
