import { beforeEach, describe, expect, it } from 'vitest'
import type { CheckValue } from '../../src/api/config-schema.ts'
import { InvalidValueError, NotAllowedError } from '../../src/api/errors.ts'
import { ConfigReplica } from '../../src/config/config-replica.ts'
import { ConfigWriter } from '../../src/handles/config-writer.ts'
import { AppNotifications } from '../../src/runtime/app-notifications.ts'
import { type WriterList, writerRule } from '../../src/spaces/writer-rule.ts'
import type { FactStorage } from '../../src/storage/fact-storage.ts'
import * as limits from '../../src/wire/limits.ts'
import type { SpaceFactBody } from '../../src/wire/space-fact.ts'
import { ManualClock } from '../helpers/manual-clock.ts'
import { entryFact } from '../helpers/space-facts.ts'

let clock: ManualClock
let replica: ConfigReplica
let published: SpaceFactBody[]
let steps: number

beforeEach(() => {
  clock = new ManualClock()
  published = []
  steps = 0
  replica = new ConfigReplica({
    self: 'ada',
    mayWrite: () => true,
    retentionMs: 86_400_000,
    merged() {},
    quarantined() {},
    dropped() {},
    forgotten() {},
  })
})

function writer(writers: WriterList = 'anyone'): ConfigWriter {
  const check: CheckValue = (_, value) =>
    value === 'bad' ? { type: 'invalid', issues: ['is bad'] } : { type: 'valid', value }
  const publish = (_: string, bodies: readonly SpaceFactBody[]) => {
    published.push(...bodies)
    for (const body of bodies) if (body.type === 'entry') replica.merge(entryFact('ada', body), clock.now())
  }
  return new ConfigWriter(
    {
      name: 'settings',
      space: 's',
      self: 'ada',
      writers,
      mayWrite: writerRule(writers),
      grants: () => undefined,
      check,
      driver: { publish },
      notifications: new AppNotifications(clock),
      storage: { stored: async () => {} } as unknown as FactStorage,
    },
    replica,
    {
      stepped() {
        steps += 1
      },
    },
  )
}

const valuesOf = () => published.map(body => (body.type === 'entry' ? [body.key, body.value] : []))

describe('a config writer', () => {
  it('publishes an entry that replaces the newest one it knows', async () => {
    await writer().set('k', 1)
    await writer().set('k', 2)
    expect(valuesOf()).toEqual([
      ['k', 1],
      ['k', 2],
    ])
    const [first, second] = published.map(body => (body.type === 'entry' ? body : undefined))
    expect(first?.replaces).toBeUndefined()
    expect(second?.replaces).toMatchObject({ epochMs: first?.epochMs, count: first?.count })
  })

  it.each<[key: string, value: unknown, message: RegExp]>([
    ['k', undefined, /^set: 'k' is undefined: delete\('k'\) removes it/],
    ['k', 'bad', /^set: 'k': is bad/],
    ['k', Number.NaN, /^set: 'k' is NaN/],
    [
      'k',
      'x'.repeat(limits.maxConfigValueBytes),
      /^set: the value of 'k': \d+ bytes, at most 16384. Put large values into a document/,
    ],
    ['x'.repeat(limits.maxConfigKeyBytes + 1), 1, /^set: the key has \d+ bytes/],
  ])('rejects %.10s: %.10s', async (key, value, message) => {
    await expect(writer().set(key, value)).rejects.toThrow(InvalidValueError)
    await expect(writer().set(key, value)).rejects.toThrow(message)
    expect(published).toEqual([])
  })

  it('rejects a write if the member is not one of the writers', async () => {
    const message = "'settings': this member is not one of its writers"
    await expect(writer(new Set(['bob'])).set('k', 1)).rejects.toThrow(new NotAllowedError(message))
    await writer(new Set(['ada'])).set('k', 1)
    expect(valuesOf()).toEqual([['k', 1]])
  })

  it('names the role that a writer needs, and how to get it', async () => {
    const refused = writer({ role: 'operator' }).set('k', 1)
    await expect(refused).rejects.toThrow(
      /the members with the role 'operator' .*invite --role operator.*renew/,
    )
  })

  it('deletes only a key that has a value', async () => {
    await writer().delete('k')
    expect(published).toEqual([])
    await writer().set('k', 1)
    await writer().delete('k')
    await writer().delete('k')
    expect(valuesOf()).toEqual([
      ['k', 1],
      ['k', undefined],
    ])
  })

  it('hides entries of a later time before it writes, when the clock was set back', async () => {
    clock.nowMs = 10 * 86_400_000
    await writer().set('k', 1)
    expect(steps).toBe(0)
    clock.nowMs = 0
    await writer().set('k', 2)
    expect(steps).toBe(1)
    expect(replica.entries.versions('k')[0]?.fact.value).toBe(2)
  })
})
