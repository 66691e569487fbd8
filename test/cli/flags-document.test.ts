import { expect, test } from 'vitest'
import { flagsDocument } from '../../src/cli/flags-document.ts'
import { writeFlags } from '../../src/codegen/flags-file.ts'
import { createEdge } from '../../src/edge.ts'
import type { Row } from '../../src/model/flag.ts'
import type { Identity } from '../../src/model/identity.ts'
import { parseFlags } from '../../src/wire/parse.ts'

const FLAGS = new Map<string, Row>([
  ['title', [true, 'Hi']],
  ['size', [false, 16]],
  ['beta', [true, true]],
  ['nothing', [true, null]],
  ['button', [true, 'blue', 'variant-b']],
  ['layout', [true, 'old', 'control']],
  ['__proto__', [true, 'x']],
])

const asked = async (text: string, path: string, key: string) => {
  const { handler } = createEdge({ document: flagsDocument(text, 'local') })
  const request = new Request(`http://a/api/v1/${path}`, { headers: { 'X-Environment-Key': key } })
  return (await handler(request)).text()
}

test.each(['guidon', 'flagsmith'] as const)('everybody gets what a file of %s says', async (format) => {
  const text = writeFlags({ environment: 'client-key', flags: FLAGS }, { format })
  for (const id of ['8b5c2e0e-0c1f-4f6e-9d7e-1f2a3b4c5d6e', '0d1c2b3a-0c1f-4f6e-9d7e-1f2a3b4c5d6e']) {
    const answer = await asked(text, `identities/?identifier=${id}`, 'client-key')
    const flags = parseFlags(answer, { id } as Identity)
    for (const [name, [enabled, value, variant]] of FLAGS)
      expect(flags.get(name)?.slice(0, 3), name).toEqual([enabled, value, variant].slice(0, variant ? 3 : 2))
    expect(flags.size).toBe(FLAGS.size)
  }
  const environment = parseFlags(await asked(text, 'flags/', 'client-key'), undefined)
  expect([...environment].map(([name, row]) => [name, row[1]])).toEqual(
    [...FLAGS].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, row]) => [name, row[1]]),
  )
})

test('a file without a key goes by the one that is given', async () => {
  expect(await asked('{"flags":{"a":{"enabled":true,"value":1}}}', 'flags/', 'local')).toContain('"name":"a"')
})

test('what is no file of flags is refused', () => {
  expect(() => flagsDocument('{', 'local')).toThrow(SyntaxError)
  expect(() => flagsDocument('{"flags":{"a":1}}', 'local')).toThrow('It is no file of flags.')
})
