// Pages that Varnish keeps for each combination of flags, with an application and a flag service behind it.
//
//     npm run example:varnish                     http://127.0.0.1:8795
//     node examples/varnish/server.js --port 0    any free port; the one line printed holds the address
//     … --flags 127.0.0.1:9001                    another flag service
//     … --application 127.0.0.1:9002              another application
//     … --config other.vcl                        another configuration than flags.vcl
//     … --patience 1s                             how long a lookup may take, where the machine is busy

import { readFileSync, writeFileSync } from 'node:fs'
import { replaced, run } from '../cached/run.js'

await run('8795', ({ at, folder, config = new URL('flags.vcl', import.meta.url), patience }) => {
  const vcl = replaced(readFileSync(config, 'utf8'), {
    '"9001"': `"${at.flags.split(':')[1]}"`,
    '"9002"': `"${at.application.split(':')[1]}"`,
    ...(patience && { '0.1s': patience, '0.25s': patience, '0.3s': patience }),
  })
  writeFileSync(`${folder}/flags.vcl`, vcl)
  // In the foreground, without a port for its command line, and with all that is written in one folder.
  return [
    'varnishd',
    '-F',
    ...['-j', 'none', '-T', 'none', '-a', at.cache, '-s', 'malloc,64m'],
    ...['-n', folder, '-f', `${folder}/flags.vcl`],
  ]
})
