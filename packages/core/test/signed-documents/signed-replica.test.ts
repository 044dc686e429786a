import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { mulberry32 } from '../../../../test/helpers/mulberry32.ts'
import { idOf } from '../../../../test/helpers/signed-facts.ts'
import { changesOf } from '../../src/signed-documents/change-parts.ts'
import { SignedReplica } from '../../src/signed-documents/signed-replica.ts'
import { storedFact } from '../../src/spaces/fact-set.ts'
import { writerRule } from '../../src/spaces/writer-rule.ts'
import * as limits from '../../src/wire/limits.ts'
import type { SpaceFact, SpaceFactBody } from '../../src/wire/space-fact.ts'
import { signed } from '../helpers/space-facts.ts'

const [ada, bob, eve] = [idOf('ada'), idOf('bob'), idOf('eve')]
const now = { monotonicMs: 0, epochMs: 1_000_000 }

/** A writer with a document of its own. */
class Writer {
  readonly doc = new Y.Doc()
  readonly #id: string
  #changes: Uint8Array[] = []

  constructor(id: string, clientID: number) {
    this.#id = id
    this.doc.clientID = clientID
    this.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== 'remote') this.#changes.push(update)
    })
  }

  write(act: (text: Y.Text) => void): SpaceFact[] {
    act(this.doc.getText())
    const update = Y.mergeUpdates(this.#changes)
    this.#changes = []
    return this.facts(update, false)
  }

  checkpoint(replaces: readonly string[] = []): SpaceFact[] {
    return this.facts(Y.encodeStateAsUpdate(this.doc), true, replaces)
  }

  facts(update: Uint8Array, isCheckpoint: boolean, replaces: readonly string[] = []): SpaceFact[] {
    const options = { document: 'notes', epochMs: now.epochMs, isCheckpoint, replaces }
    return changesOf(update, options).map(body => signed(this.#id, body))
  }
}

class Replica {
  readonly arrived: Uint8Array[] = []
  readonly replica: SignedReplica = new SignedReplica({
    self: ada,
    mayWrite: writerRule(new Set([ada, bob])),
    arrived: (_, update) => this.arrived.push(update),
  })

  /** @returns the admissions of the facts */
  receive(facts: readonly SpaceFact[]): string[] {
    return facts.map(fact => {
      const admission = this.replica.admit(fact, now)
      if (admission === 'new') this.replica.merge(fact, now)
      return admission
    })
  }

  get ids(): string[] {
    return this.replica.facts
      .all()
      .map(({ id }) => id)
      .sort()
  }

  get text(): string {
    const doc = new Y.Doc()
    for (const update of this.replica.document('notes').updates()) Y.applyUpdate(doc, update)
    return doc.getText().toString()
  }
}

/** 40 checkpoints of which none contains another one, some that contain others, and updates that some of these contain. */
function crowdedCheckpoints(): SpaceFact[] {
  const facts: SpaceFact[] = []
  for (let client = 1; client <= 40; client++) {
    const writer = new Writer(ada, client)
    writer.write(text => text.insert(0, 'c'))
    facts.push(...writer.checkpoint())
    if (client % 2 > 0) continue
    facts.push(...writer.write(text => text.insert(0, 'u')))
    if (client % 4 === 0) facts.push(...writer.checkpoint())
    facts.push(...writer.write(text => text.insert(0, 'n')))
  }
  return facts
}

function shuffle<T>(items: readonly T[], random: () => number): T[] {
  const keyed = items.map(item => [random(), item] as const)
  return keyed.sort(([a], [b]) => a - b).map(([, item]) => item)
}

const long = 'long '.repeat(20_000)

function writerOf(content: string): Writer {
  const writer = new Writer(ada, 1)
  writer.write(text => text.insert(0, content))
  return writer
}

describe('the signed changes of documents', () => {
  it('rejects what a reader signed, of every kind', () => {
    const reader = new Writer(eve, 3)
    const target = new Replica()
    const facts = [
      ...reader.write(text => text.insert(0, 'x')),
      ...reader.checkpoint(),
      ...reader.write(text => text.insert(0, long)),
    ]
    expect(new Set(target.receive(facts))).toEqual(new Set(['rejected']))
    expect(target.ids).toEqual([])
  })

  it('rejects updates that Yjs cannot apply, and other kinds of facts', () => {
    const target = new Replica()
    const writer = new Writer(ada, 1)
    expect(target.receive(writer.facts(Uint8Array.of(9, 9, 9), false))).toEqual(['rejected'])
    const update = signed(ada, {
      type: 'update',
      document: 'notes',
      update: Y.encodeStateAsUpdate(writer.doc),
    })
    expect(target.receive([update])).toEqual(['rejected'])
  })

  it('rejects a change that is dated more than a day ahead', () => {
    const target = new Replica()
    const [fact] = new Writer(ada, 1).write(text => text.insert(0, 'a'))
    if (!fact) throw new Error('a change is one fact')
    expect(target.replica.admit(fact, { ...now, epochMs: now.epochMs - 86_400_001 })).toBe('rejected')
  })

  it('completes an update when its last part arrives, in any order', () => {
    const target = new Replica()
    const parts = new Writer(ada, 1).write(text => text.insert(0, long))
    expect(parts.length).toBeGreaterThan(2)
    target.receive(parts.slice(1))
    expect(target.arrived).toHaveLength(0)
    target.receive(parts.slice(0, 1))
    expect(target.arrived).toHaveLength(1)
    expect(target.text).toBe(long)
    expect(target.receive(parts)).toEqual(parts.map(() => 'stale'))
  })

  it('ignores parts that do not have the hash of their update', () => {
    const target = new Replica()
    const writer = new Writer(ada, 1)
    const [first, second] = [
      writer.write(text => text.insert(0, long)),
      writer.write(text => text.insert(0, long.toUpperCase())),
    ]
    const mixed = first.map((fact, i) => {
      const other = second[i]
      if (fact.type !== 'change' || other?.type !== 'change') return fact
      return signed(ada, { ...other, part: fact.part })
    })
    target.receive(mixed)
    expect(target.arrived).toEqual([])
    expect(target.text).toBe('')
  })

  it('replaces changes by a checkpoint that contains them, and keeps the others', () => {
    const target = new Replica()
    const [writer, other] = [new Writer(ada, 1), new Writer(bob, 2)]
    const known = writer.write(text => text.insert(0, 'known '))
    const unknown = other.write(text => text.insert(0, 'unknown '))
    target.receive([...known, ...unknown, ...writer.checkpoint()])
    expect(target.replica.facts.size).toBe(2)
    expect(target.text).toContain('unknown')
    expect(target.receive(known)).toEqual(['stale'])
  })

  it('never drops content because a checkpoint lacks it', () => {
    const target = new Replica()
    const writer = new Writer(ada, 1)
    const facts = writer.write(text => text.insert(0, 'content'))
    target.receive(facts)
    // A writer that lost its document makes a checkpoint.
    target.receive(new Writer(bob, 2).checkpoint())
    expect(target.text).toBe('content')
  })

  it('does not take again the parts of an update that a checkpoint replaced', () => {
    const target = new Replica()
    const writer = new Writer(ada, 1)
    const parts = writer.write(text => text.insert(0, long))
    target.receive(parts)
    const checkpoint = writer.checkpoint(target.replica.document('notes').replacedIds())
    target.receive(checkpoint)
    expect(target.ids).toHaveLength(checkpoint.length)
    const late = new Replica()
    late.receive(parts.slice(1))
    late.receive(checkpoint)
    expect(late.ids).toEqual(target.ids)
    expect(late.receive(parts)).toEqual(parts.map(() => 'stale'))
  })

  it('keeps one of two equal checkpoints', () => {
    const [writer, other] = [new Writer(ada, 1), new Writer(bob, 2)]
    writer.write(text => text.insert(0, 'same'))
    Y.applyUpdate(other.doc, Y.encodeStateAsUpdate(writer.doc), 'remote')
    const [a, b] = [writer.checkpoint(), other.checkpoint()]
    const [first, second] = [new Replica(), new Replica()]
    first.receive([...a, ...b])
    second.receive([...b, ...a])
    expect(first.ids).toEqual(second.ids)
    expect(first.ids).toHaveLength(1)
  })

  it('keeps the same facts in whichever order they arrive', () => {
    const action = fc.record({
      writer: fc.nat(1),
      type: fc.constantFrom('insert', 'delete', 'long', 'checkpoint', 'sync'),
      at: fc.nat(1_000),
    })
    fc.assert(
      fc.property(
        fc.array(action, { maxLength: 14 }),
        fc.array(fc.nat(), { maxLength: 200 }),
        (actions, order) => {
          const writers = [new Writer(ada, 1), new Writer(bob, 2)] as const
          const first = new Replica()
          const facts = actions.flatMap(({ writer: index, type, at }) => {
            const writer = writers[index === 0 ? 0 : 1]
            const other = writers[index === 0 ? 1 : 0]
            const { length } = writer.doc.getText()
            if (type === 'sync') Y.applyUpdate(writer.doc, Y.encodeStateAsUpdate(other.doc), 'remote')
            if (type === 'checkpoint') return writer.checkpoint(first.replica.document('notes').replacedIds())
            if (type === 'insert') return writer.write(text => text.insert(at % (length + 1), 'x'))
            if (type === 'long')
              return writer.write(text => text.insert(at % (length + 1), 'y'.repeat(60_000)))
            if (type === 'delete' && length > 0) return writer.write(text => text.delete(at % length, 1))
            return []
          })
          const shuffled = facts
            .map((fact, i) => ({ fact, key: order[i % Math.max(1, order.length)] ?? i }))
            .sort((a, b) => a.key - b.key)
            .map(({ fact }) => fact)
          const second = new Replica()
          // An exchange repeats what the other side stores.
          first.receive(facts)
          second.receive(shuffled)
          for (let i = 0; i < 3; i++) {
            second.receive(first.replica.facts.all().map(({ fact }) => fact))
            first.receive(second.replica.facts.all().map(({ fact }) => fact))
          }
          expect(second.ids).toEqual(first.ids)
          expect(second.text).toBe(first.text)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('keeps the same facts if there are more checkpoints than replace updates, in whichever order they arrive', () => {
    const random = mulberry32(7)
    const facts = crowdedCheckpoints()
    const [first, second, third] = [new Replica(), new Replica(), new Replica()]
    first.receive(facts)
    second.receive([...facts].reverse())
    third.receive(shuffle(facts, random))
    for (let i = 0; i < 4; i++) {
      const all = [first, second, third]
      for (const to of all)
        for (const from of all) to.receive(shuffle(from.replica.facts.all(), random).map(({ fact }) => fact))
    }
    expect(second.ids).toEqual(first.ids)
    expect(third.ids).toEqual(first.ids)
    expect(second.text).toBe(first.text)
    // No update was lost, and one checkpoint of everything replaces all.
    const reader = new Writer(bob, 9)
    for (const update of first.replica.document('notes').updates())
      Y.applyUpdate(reader.doc, update, 'remote')
    expect(reader.doc.getText().toString().split('').sort().join('')).toBe(
      'c'.repeat(40) + 'n'.repeat(20) + 'u'.repeat(20),
    )
    first.receive(reader.checkpoint())
    expect(first.ids).toHaveLength(1)
  })

  it('compares the stored updates with few of many checkpoints at once, and with the others at a sweep', () => {
    const target = new Replica()
    const writers = Array.from({ length: 10 }, (_, i) => new Writer(ada, i + 1))
    for (const writer of writers) target.receive(writer.write(text => text.insert(0, 'x'.repeat(600_000))))
    const before = target.ids
    // None of these checkpoints contains an update, and comparing all of them takes longer than may be taken at once.
    for (let client = 100; client < 116; client++) {
      const writer = new Writer(ada, client)
      writer.write(text => text.insert(0, 'y'))
      target.receive(writer.checkpoint())
    }
    const checkpoint = writers[0]?.checkpoint() ?? []
    target.receive(checkpoint)
    expect(target.replica.facts.size).toBe(before.length + 16 + checkpoint.length)
    target.replica.sweep({ ...now, monotonicMs: 30_000 })
    expect(target.replica.facts.size).toBe(before.length + 16)
    expect(target.ids).not.toEqual(expect.arrayContaining(before))
  })

  it('restores stored changes, and names those that need not be stored any more', () => {
    const writer = new Writer(ada, 1)
    const change = writer.write(text => text.insert(0, 'a'))
    const checkpoint = writer.checkpoint()
    const foreign = new Writer(eve, 3).write(text => text.insert(0, 'x'))
    const target = new Replica()
    const surplus = target.replica.restore([...change, ...foreign, ...checkpoint])
    expect(surplus.map(({ fact }) => fact)).toEqual(change)
    expect(target.text).toBe('a')
    expect(target.arrived).toEqual([])
  })

  it('restores changes that were signed while the clock was ahead, and names their documents once the clock is right', () => {
    const [aheadMs, rightMs] = [1_800_000_000_000, 1_790_000_000_000]
    const { doc } = writerOf('a')
    const bodies = changesOf(Y.encodeStateAsUpdate(doc), {
      document: 'notes',
      epochMs: aheadMs,
      isCheckpoint: false,
      replaces: [],
    })
    const target = new Replica()
    expect(target.replica.restore(bodies.map(body => signed(ada, body)))).toEqual([])
    expect(target.text).toBe('a')
    const misdatedAt = (epochMs: number) => {
      target.replica.sweep({ monotonicMs: 0, epochMs })
      return target.replica.takeMisdated()
    }
    // The clock is not set yet.
    expect(misdatedAt(0)).toEqual([])
    expect(misdatedAt(rightMs)).toEqual(['notes'])
    expect(misdatedAt(rightMs)).toEqual([])
  })

  it('restores a checkpoint whose author is no writer any more, so that its content is not lost', () => {
    const writer = new Writer(eve, 3)
    const change = writer.write(text => text.insert(0, 'a'))
    const target = new Replica()
    target.replica.restore([...change, ...writer.checkpoint()])
    expect(target.text).toBe('a')
    target.replica.sweep(now)
    expect(target.replica.document('notes').isCheckpointDue).toBe(true)
    const next = new Writer(ada, 1)
    Y.applyUpdate(next.doc, Y.encodeStateAsUpdate(writer.doc), 'remote')
    next.write(text => text.insert(0, 'b'))
    target.receive(next.checkpoint())
    target.replica.sweep(now)
    expect(target.ids).toHaveLength(1)
    expect(target.replica.document('notes').isCheckpointDue).toBe(false)
  })

  it('is not complete any more if its author signs another content for a part, and applies nothing of it', () => {
    const update = Y.encodeStateAsUpdate(writerOf(long).doc)
    const bodies = changesOf(update, {
      document: 'notes',
      epochMs: now.epochMs,
      isCheckpoint: true,
      replaces: [],
    })
    const facts = bodies.map(body => signed(ada, body))
    const [first] = facts
    const forged = Array.from({ length: 100 }, (_, i) =>
      signed(ada, { ...bodies[0], content: Uint8Array.of(255, i, 255, 255) } as SpaceFactBody),
    )
    const rival = forged.find(each => first && storedFact(each).id > storedFact(first).id)
    if (!rival) throw new Error('one of them has a greater id')
    const earlier = new Writer(bob, 2).write(text => text.insert(0, 'kept'))
    const [before, after] = [new Replica(), new Replica()]
    expect(before.receive([...facts, rival, ...earlier])).toContain('new')
    after.receive([rival, ...facts, ...earlier])
    for (const target of [before, after]) {
      expect(target.text).toBe('kept')
      expect(target.replica.document('notes').isCheckpointDue).toBe(false)
    }
    expect(before.ids).toEqual(after.ids)
  })

  it('leaves nothing of an incomplete checkpoint whose author was revoked', () => {
    const writers = new Set([ada, bob])
    const replica = new SignedReplica({
      self: ada,
      mayWrite: authorship => writerRule(writers)(authorship),
      arrived: () => {},
    })
    const [part] = new Writer(bob, 2).facts(new Uint8Array(60_000), true)
    if (!part) throw new Error('it has three parts')
    replica.merge(part, now)
    writers.delete(bob)
    replica.sweep(now)
    expect(replica.facts.size).toBe(0)
  })

  it('takes at most 64 documents', () => {
    const target = new Replica()
    const update = Y.encodeStateAsUpdate(new Y.Doc())
    const admissions = Array.from({ length: limits.maxDocuments + 1 }, (_, i) => {
      const options = { document: `${i}`, epochMs: 0, isCheckpoint: false, replaces: [] }
      return target.receive(changesOf(update, options).map(body => signed(ada, body)))[0]
    })
    expect(admissions.filter(each => each === 'new')).toHaveLength(limits.maxDocuments)
    expect(admissions.at(-1)).toBe('rejected')
  })

  it('says when a checkpoint is due: after 256 changes, or as many bytes as the last one', () => {
    const target = new Replica()
    const writer = new Writer(ada, 1)
    const document = () => target.replica.document('notes')
    for (let i = 0; i < 255; i++) target.receive(writer.write(text => text.insert(0, 'a')))
    expect(document().isCheckpointDue).toBe(false)
    target.receive(writer.write(text => text.insert(0, 'a')))
    expect(document().isCheckpointDue).toBe(true)
    target.receive(writer.checkpoint())
    expect(document().isCheckpointDue).toBe(false)
    target.receive(writer.write(text => text.insert(0, 'b'.repeat(140_000))))
    expect(document().isCheckpointDue).toBe(true)
  })
})
