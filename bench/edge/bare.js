// The floor of the load test: a bare Node server that reads what it is asked and answers with bytes it was given.
//
//   node bench/edge/bare.js FILE      FILE: { headers, get, post }; prints its address

import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'

const { headers, get, post } = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const bytes = { GET: Buffer.from(get), POST: Buffer.from(post) }
const head = (method) => ({ ...headers, 'Content-Length': bytes[method].length })
const heads = { GET: head('GET'), POST: head('POST') }

const server = createServer((request, response) => {
  const { method } = request
  const answer = () => response.writeHead(200, heads[method]).end(bytes[method])
  if (method === 'GET') answer()
  else request.on('data', () => {}).on('end', answer)
})
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${server.address().port}/\n`)
})
