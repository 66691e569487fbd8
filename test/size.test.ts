import { execFile } from 'node:child_process'
import { beforeAll, describe, expect, it } from 'vitest'

interface Report {
  rows: { door: string; imports: string; minified: number; gzip: number; brotli: number; limit: number }[]
  readme: { current: boolean }
}

/** The script as `npm run size` runs it: its exit code says the same as its figures. */
const weigh = () =>
  new Promise<{ report: Report; failed: boolean; said: string }>((resolve) => {
    execFile(process.execPath, ['scripts/size.js', '--json'], (error, stdout, said) =>
      resolve({ report: JSON.parse(stdout || 'null'), failed: !!error, said }),
    )
  })

describe('the size of what is built', () => {
  let weighed: Awaited<ReturnType<typeof weigh>>
  beforeAll(async () => {
    weighed = await weigh()
  }, 60_000)

  it('keeps every door and the script tag within their limits', () => {
    expect(weighed.said).toBe('')
    expect(weighed.failed).toBe(false)
    expect(weighed.report.rows.length).toBeGreaterThan(3)
    for (const { gzip, limit } of weighed.report.rows) expect(gzip).toBeLessThanOrEqual(limit)
  })

  it('is quoted in README.md as it is', () => {
    // Else: `node scripts/size.js --write`
    expect(weighed.report.readme.current).toBe(true)
  })

  it('is less without each part that `npm run size:parts` leaves out', async () => {
    const said = await new Promise<string>((resolve) => {
      execFile(process.execPath, ['scripts/size-parts.js'], (error, stdout) => resolve(error ? '' : stdout))
    })
    const [alone = '', together = ''] = said.split('\n\n')
    const lighter = [...alone.matchAll(/^without .* -(\d+)$/gm)]
    expect(lighter.length).toBeGreaterThan(10)
    for (const [, bytes] of lighter) expect(Number(bytes)).toBeGreaterThan(10)
    expect(together).toMatch(/^and without /m)
  }, 120_000)
})
