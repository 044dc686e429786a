import { beforeEach, describe, expect, it } from 'vitest'
import type { Checked } from '../../src/api/config-schema.ts'
import { replacementOf, type Version } from '../../src/config/config-conflicts.ts'
import { ConfigEntries } from '../../src/config/config-entries.ts'
import { ConfigHistories } from '../../src/handles/config-histories.ts'
import { ConfigView } from '../../src/handles/config-view.ts'
import { AppNotifications } from '../../src/runtime/app-notifications.ts'
import { FactSet, storedFact } from '../../src/spaces/fact-set.ts'
import { ManualClock } from '../helpers/manual-clock.ts'
import { entryFact } from '../helpers/space-facts.ts'

const nowMs = 1_800_000_000_000

let entries: ConfigEntries
let histories: ConfigHistories
let checks: number
let view: ConfigView

beforeEach(() => {
  checks = 0
  entries = new ConfigEntries({ facts: new FactSet(), mayWrite: () => true, retentionMs: 86_400_000 })
  const check = (_: string, value: unknown): Checked => {
    checks += 1
    return typeof value === 'number'
      ? { type: 'valid', value: value * 10 }
      : { type: 'invalid', issues: ['no number'] }
  }
  const notifications = new AppNotifications(new ManualClock())
  histories = new ConfigHistories(entries, notifications)
  view = new ConfigView(histories, check, notifications)
})

/** An entry of `author` arrives, which was written `ms` after the start. */
function write(author: string, ms: number, value: number | string | undefined, replaced?: Version): Version {
  const replaces = replacementOf(replaced)
  const fact = entryFact(author, { value, epochMs: nowMs - 1_000 + ms, replaces })
  entries.merge(fact, nowMs)
  return storedFact(fact)
}

describe('the view of a config', () => {
  it('shows the newest valid entry, as the schema returns it', () => {
    write('ada', 1, 1)
    expect(view.update('k')).toEqual({
      key: 'k',
      value: 10,
      previous: undefined,
      by: 'ada',
      atMs: nowMs - 999,
    })
    write('bob', 2, 'invalid')
    expect(view.update('k')).toBeUndefined()
    expect([view.get('k'), view.store.getSnapshot()]).toEqual([10, { k: 10 }])
  })

  it('shows no value of a deleted key, and says who deleted it', () => {
    const first = write('ada', 1, 1)
    view.update('k')
    write('bob', 2, undefined, first)
    expect(view.update('k')).toEqual({
      key: 'k',
      value: undefined,
      previous: 10,
      by: 'bob',
      atMs: nowMs - 998,
    })
    expect(view.store.getSnapshot()).toEqual({})
  })

  it('keeps the same object while no shown value changes', () => {
    write('ada', 1, 1)
    view.update('k')
    const before = view.store.getSnapshot()
    write('ada', 2, 'invalid')
    view.update('k')
    expect(view.store.getSnapshot()).toBe(before)
  })

  it('reports those of the arrived entries that are invalid, with their history', () => {
    const first = write('ada', 1, 1)
    const second = write('bob', 2, 'invalid', first)
    const arrived = [first, second].map(version => histories.describe(version))
    expect(view.rejections('k', arrived)).toEqual([
      {
        key: 'k',
        id: second.id,
        by: 'bob',
        atMs: nowMs - 998,
        from: 1,
        to: 'invalid',
        issues: ['no number'],
      },
    ])
  })

  it('checks each entry once', () => {
    write('ada', 1, 1)
    view.update('k')
    view.update('k')
    view.rejections('k', histories.versions('k'))
    expect(checks).toBe(1)
  })
})
