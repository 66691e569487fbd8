import { statSync, utimesSync } from 'node:fs'
import { afterEach, expect, test, vi } from 'vitest'
import { type WatchedDocument, watchDocument } from '../../src/cli/watch-document.ts'
import { oneLine } from '../../src/codegen/words.ts'
import { fileWith } from './folder.ts'

const document = (name: string) => ({ api_key: 'key', name, project: {}, feature_states: [] })

let watched: WatchedDocument | undefined
afterEach(() => watched?.stop())

async function setup() {
  const place = fileWith(document('first'))
  const names: unknown[] = []
  const problems: string[] = []
  watched = await watchDocument(place.file, {
    onChange: ({ name }) => names.push(name),
    onProblem: (problem) => problems.push(oneLine(problem).replace(place.file, 'FILE')),
    everyMs: 5,
  })
  return { ...place, names, problems }
}

test('reads the document and then every saved change', async () => {
  const { write, names, problems } = await setup()
  expect(watched?.document.name).toBe('first')
  write(document('second'))
  await vi.waitFor(() => expect(names).toEqual(['second']))
  write(document('third'))
  await vi.waitFor(() => expect(names).toEqual(['second', 'third']))
  expect(problems).toEqual([])
})

test('sees a file that another took the place of, again and again', async () => {
  const { replace, names } = await setup()
  for (const name of ['a', 'b', 'c']) {
    replace(document(name))
    await vi.waitFor(() => expect(names.at(-1)).toBe(name))
  }
})

test('says once what is wrong with a file, and takes it when it is mended', async () => {
  const { write, remove, names, problems } = await setup()
  write('{"api_key": "ke')
  await vi.waitFor(() => expect(problems).toHaveLength(1))
  write({ api_key: 'key' })
  await vi.waitFor(() => expect(problems).toHaveLength(2))
  remove()
  await vi.waitFor(() => expect(problems).toHaveLength(3))
  write(document('mended'))
  await vi.waitFor(() => expect(names).toEqual(['mended']))
  expect(problems).toEqual([
    expect.stringMatching(/^FILE is not JSON \(Unterminated string.*\)\.$/),
    'FILE: This is not an environment document: project should be an object, but is missing.',
    'There is no file FILE.',
  ])
})

test('takes a file that is half written for one that is being saved, until it still is at the next look', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const { write, names, problems } = await setup()
    /** One look: it is over when the next is planned. */
    const look = async () => {
      vi.advanceTimersByTime(5)
      while (!vi.getTimerCount()) await new Promise((resolve) => setImmediate(resolve))
    }
    write('{"api_key": "ke')
    await look()
    expect(problems).toEqual([])
    write(document('whole'))
    await look()
    expect([names, problems]).toEqual([['whole'], []])
    write('{"api_key": "ke')
    await look()
    await look()
    await look()
    expect(problems).toHaveLength(1)
  } finally {
    vi.useRealTimers()
  }
})

test('does not report a save that changed nothing', async () => {
  const { replace, names } = await setup()
  replace(document('first'))
  replace(document('second'))
  await vi.waitFor(() => expect(names).toEqual(['second']))
})

test('reports no more once it is stopped', async () => {
  const { file, write, names } = await setup()
  const seen: unknown[] = []
  const other = await watchDocument(file, {
    onChange: ({ name }) => seen.push(name),
    onProblem() {},
    everyMs: 5,
  })
  watched?.stop()
  write(document('second'))
  await vi.waitFor(() => expect(seen).toEqual(['second']))
  other.stop()
  expect(names).toEqual([])
})

test('sees the second of two saves at the same moment and of the same length', async () => {
  const { file, write, names } = await setup()
  const { atime, mtime } = statSync(file)
  for (const name of ['one', 'two', 'six']) {
    write(document(name))
    utimesSync(file, atime, mtime)
    await vi.waitFor(() => expect(names.at(-1)).toBe(name))
  }
})

test('has nothing to watch where there is no document', async () => {
  const listeners = { onChange() {}, onProblem() {} }
  const { folder, file, write } = fileWith('')
  await expect(watchDocument(`${file}.not`, listeners)).rejects.toThrow('There is no file')
  await expect(watchDocument(folder, listeners)).rejects.toThrow('is a folder')
  await expect(watchDocument(file, listeners)).rejects.toThrow('is not JSON')
  write([])
  await expect(watchDocument(file, listeners)).rejects.toThrow('should be an object, but is a list')
})
