import { beforeEach, describe, expect, it } from 'vitest'
import { replacementOf, type Version } from '../../src/config/config-conflicts.ts'
import { ConfigEntries, maxVersions } from '../../src/config/config-entries.ts'
import { ConfigHistories } from '../../src/handles/config-histories.ts'
import { ConflictReports } from '../../src/handles/conflict-reports.ts'
import { AppNotifications } from '../../src/runtime/app-notifications.ts'
import { FactSet, storedFact } from '../../src/spaces/fact-set.ts'
import { ManualClock } from '../helpers/manual-clock.ts'
import { entryFact } from '../helpers/space-facts.ts'

const nowMs = 1_800_000_000_000
const retentionMs = 60_000

let entries: ConfigEntries
let histories: ConfigHistories

beforeEach(() => {
  entries = new ConfigEntries({ facts: new FactSet(), mayWrite: () => true, retentionMs })
  histories = new ConfigHistories(entries, new AppNotifications(new ManualClock()))
})

/** An entry of `author`, written `ms` after the start. */
function entry(author: string, ms: number, value: number | undefined, replaced?: Version): Version {
  return storedFact(
    entryFact(author, { value, epochMs: nowMs - 1_000 + ms, replaces: replacementOf(replaced) }),
  )
}

function merge(...versions: readonly Version[]): void {
  for (const { fact } of versions) {
    entries.merge(fact, nowMs)
    histories.changed(fact.key)
  }
}

describe('the histories of a config', () => {
  it('list the entries of each key, newest first, each with the value that it replaced', () => {
    const first = entry('ada', 1, 1)
    const second = entry('bob', 2, undefined, first)
    merge(first, second)
    expect(histories.versions('k')).toEqual([
      { id: second.id, by: 'bob', atMs: nowMs - 998, from: 1, to: undefined },
      { id: first.id, by: 'ada', atMs: nowMs - 999, from: undefined, to: 1 },
    ])
    expect(histories.store.getSnapshot().get('k')).toBe(histories.versions('k'))
    expect(histories.versions('other')).toEqual([])
  })

  it('keep the objects of entries that did not change, and the list of a key that did not change', () => {
    const first = entry('ada', 1, 1)
    merge(first)
    const before = histories.versions('k')
    expect(histories.versions('k')).toBe(before)
    merge(entry('bob', 2, 2, first))
    expect(histories.versions('k')[1]).toBe(before[0])
  })

  it('show the replaced value once its entry arrives, and no longer when the entry is dropped', () => {
    const written: Version[] = []
    for (let i = 0; i <= maxVersions; i++) written.push(entry('ada', i, i, written.at(-1)))
    const [first, second, ...rest] = written
    if (!first || !second) throw new Error('unreachable')
    merge(second)
    expect(histories.versions('k').at(-1)?.from).toBeUndefined()
    merge(first)
    expect(histories.versions('k')[0]?.from).toBe(0)
    merge(...rest)
    expect(histories.versions('k')).toHaveLength(maxVersions)
    expect(histories.versions('k').at(-1)).toMatchObject({ from: undefined, to: 1 })
  })

  it('forget a deleted key when no member shares it any more', () => {
    merge(entry('ada', 1, undefined))
    expect([...histories.store.getSnapshot().keys()]).toEqual(['k'])
    for (const key of entries.sweep(nowMs + 2 * retentionMs)) histories.changed(key)
    expect([...histories.store.getSnapshot().keys()]).toEqual([])
  })
})

describe('the conflicts of a config', () => {
  it('are reported once', () => {
    const conflicts = new ConflictReports(entries, histories)
    merge(entry('ada', 1, 1), entry('bob', 2, 2))
    expect(conflicts.take('k')).toMatchObject([
      { key: 'k', winner: { by: 'bob', to: 2 }, loser: { by: 'ada', to: 1 } },
    ])
    expect(conflicts.take('k')).toEqual([])
  })
})
