import { createHash } from 'node:crypto'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'

/** The hash for a script tag's `integrity` attribute (Subresource Integrity, W3C), beside the file it is of. */
const digest = createHash('sha384').update(readFileSync('dist/guidon.global.js')).digest('base64')
writeFileSync('dist/guidon.global.js.sri', `sha384-${digest}\n`)
process.stdout.write(`<script src="guidon.global.js" integrity="sha384-${digest}" crossorigin="anonymous"></script>
Content-Security-Policy: script-src 'self'; connect-src https://edge.api.flagsmith.com
`)

chmodSync('dist/cli.js', 0o755)
