/** `hearsay demo`: the whole scenario on real processes. */
import { describe, expect, it } from 'vitest'
import { HearsayProcess } from './hearsay-process.ts'

/** Windows cannot pause a process. */
const onWindows = process.platform === 'win32'
const steps = ['join', 'tag', 'crash', 'restart', ...(onWindows ? [] : ['hang', 'return']), 'goodbye']

describe('hearsay demo', () => {
  it('passes every step with three members, prints JSON, and exits with 0', async () => {
    const demo = new HearsayProcess('demo', '--once', '--json', '--members', '3')
    expect(await demo.ended).toBe(0)
    const lines = demo.stdout.map(line => JSON.parse(line))
    expect(lines.slice(0, -1)).toEqual(
      steps.map(step =>
        expect.objectContaining({ event: 'step', step, held: true, allMs: expect.any(Number) }),
      ),
    )
    expect(lines.at(-1)).toMatchObject({ event: 'summary', held: true, falseAlarms: 0 })
    expect(demo.stderr).toEqual([])
  }, 70_000)

  it.skipIf(onWindows)(
    'ends its members when it is interrupted, and does not report that the scenario passed',
    async () => {
      const demo = new HearsayProcess('demo', '--json', '--members', '2')
      await demo.json(({ step }) => step === 'join')
      demo.signal('SIGINT')
      expect(await demo.ended).toBe(1)
      expect(demo.stderr).toEqual(['hearsay: stopped before the scenario ended'])
    },
  )
})
