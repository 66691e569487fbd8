// Pages that nginx keeps for each combination of flags, with an application and a flag service behind it.
//
//     npm run example:nginx                     http://127.0.0.1:8794
//     node examples/nginx/server.js --port 0    any free port; the one line printed holds the address
//     … --flags 127.0.0.1:9001                  another flag service
//     … --application 127.0.0.1:9002            another application
//     … --config other.conf                     another configuration than flags.conf
//     … --patience 1s                           how long a lookup may take, where the machine is busy

import { readFileSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { replaced, run } from '../cached/run.js'

await run('8794', ({ at, folder, config = new URL('flags.conf', import.meta.url), patience }) => {
  const conf = replaced(readFileSync(config, 'utf8'), {
    '127.0.0.1:8080': at.cache,
    '127.0.0.1:9001': at.flags,
    '127.0.0.1:9002': at.application,
    '127.0.0.1:8399': at.spare,
    '/var/cache/nginx': folder,
    ...(patience && { '100ms': patience, '250ms': patience }),
  })
  writeFileSync(`${folder}/flags.conf`, conf)
  // Around it what Debian has in /etc/nginx/nginx.conf, with all that is written in one folder.
  writeFileSync(
    `${folder}/nginx.conf`,
    `daemon off;
${process.getuid() === 0 ? `user ${userInfo().username};` : ''}
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr error;
events { worker_connections 1024; }
http {
  access_log off;
  keepalive_requests 1000000;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}
  include ${folder}/flags.conf;
}
`,
  )
  return ['nginx', '-p', folder, '-c', `${folder}/nginx.conf`, '-e', 'stderr']
})
