import { enable, logger } from '@libp2p/logger'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { followLog, type LogLevel, type LogRecord } from '../../src/node.ts'

const stops: (() => void)[] = []
afterEach(() => {
  for (const stop of stops.splice(0)) stop()
  vi.restoreAllMocks()
})

function follow(level: LogLevel): LogRecord[] {
  const records: LogRecord[] = []
  stops.push(followLog(level, record => records.push(record)))
  return records
}

/** One line of each kind. */
function logAll(): void {
  for (const name of ['hearsay', 'hearsay:sync', 'libp2p:tcp']) {
    logger(name)('line')
    logger(name).error('failure')
    logger(name).trace('step')
  }
}

const shown = (records: readonly LogRecord[]) =>
  records.map(({ level, component }) => `${level} ${component}`)

describe('following the log', () => {
  it('receives what a level includes', () => {
    const levels: readonly LogLevel[] = ['error', 'warn', 'info', 'debug', 'trace']
    for (const [level, count] of levels.map((level, i) => [level, [2, 2, 4, 6, 9][i]] as const)) {
      const records = follow(level)
      logAll()
      expect([level, records.length]).toEqual([level, count])
      stops.pop()?.()
    }
  })

  it('counts errors of libp2p as details, because a dial that fails is one', () => {
    const records = follow('debug')
    logAll()
    expect(shown(records)).toEqual([
      'info hearsay',
      'error hearsay:error',
      'info hearsay:sync',
      'error hearsay:sync:error',
      'debug libp2p:tcp',
      'debug libp2p:tcp:error',
    ])
  })

  it('gives each follower what it asked for, and writes nothing to stderr', () => {
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const [errors, all] = [follow('error'), follow('trace')]
    logAll()
    expect([errors.length, all.length]).toEqual([2, 9])
    expect(stderr).not.toHaveBeenCalled()
  })

  it('formats the message, and cuts a long one', () => {
    const records = follow('info')
    logger('hearsay')('%s fails - %e', 'sync', new Error('no answer'))
    logger('hearsay')('x'.repeat(10_000))
    expect(records[0]?.message).toMatch(/^sync fails - Error: no answer\n/)
    expect(records[1]?.message).toHaveLength(4_096)
  })

  it('leaves what DEBUG enables on stderr, and the environment as it is', () => {
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const before = process.env['DEBUG']
    enable('libp2p:tcp')
    const environment = process.env['DEBUG']
    follow('info')
    logAll()
    expect(process.env['DEBUG']).toBe(environment)
    expect(stderr.mock.calls.map(([line]) => String(line))).toEqual([
      expect.stringMatching(/libp2p:tcp.*line/),
    ])
    stops.pop()?.()
    expect([logger('libp2p:tcp').enabled, logger('hearsay').enabled]).toEqual([true, false])
    enable(before ?? '')
    if (before === undefined) delete process.env['DEBUG']
  })
})
