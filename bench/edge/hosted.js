// The edge as a Node server hosts it, with `nodeListener`.
//
//   node bench/edge/hosted.js FILE      FILE: an environment document; prints its address

import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createEdge, nodeListener } from 'guidon/edge'

const edge = createEdge({ document: JSON.parse(readFileSync(process.argv[2], 'utf8')) })
const server = createServer(nodeListener(edge.answer))
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${server.address().port}/\n`)
})
