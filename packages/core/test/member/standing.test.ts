import { describe, expect, it } from 'vitest'
import { mulberry32 } from '../../../../test/helpers/mulberry32.ts'
import {
  heartbeatBody,
  idOf,
  introductionBody,
  recordBody,
  signedFact,
  suspicionBody,
} from '../../../../test/helpers/signed-facts.ts'
import type { Instant } from '../../src/base/clock.ts'
import { firstRecord } from '../../src/member/local-record.ts'
import type { MachineEffect, MachineInput } from '../../src/member/machine-io.ts'
import { MembershipMachine } from '../../src/member/membership-machine.ts'
import { syncMessage } from '../../src/wire/codec.ts'
import type { SignedFact } from '../../src/wire/fact.ts'

const epochMs = 1_700_000_000_000
const self = idOf('self')
const ada = idOf('ada')
const grace = idOf('grace')
const stranger = idOf('stranger')

const record = (id: string, version = 1): SignedFact =>
  signedFact(id, recordBody({ incarnation: epochMs, version }))
const introduction = (author: string, subject: string): SignedFact =>
  signedFact(author, introductionBody(subject, epochMs))

/**
 * A machine that is connected to Ada and has compared its table with hers. By default, its first contact is over.
 */
class Established {
  readonly machine: MembershipMachine
  readonly effects: MachineEffect[] = []
  readonly published: SignedFact[] = []
  #now: Instant = { monotonicMs: 0, epochMs }

  constructor({ comparedForMs = 20_000 } = {}) {
    this.machine = new MembershipMachine(
      {
        self,
        record: firstRecord({ name: 'self', tags: {}, incarnation: epochMs }),
        bootstrap: [],
        profile: 'lan',
        random: mulberry32(1),
      },
      this.#now,
    )
    this.#carryOut(this.machine.start({}, this.#now))
    this.connect(ada)
    this.sync(ada, record(ada))
    const message = syncMessage({ tableHash: this.machine.table.hash() })
    this.#handle({ type: 'sync', from: ada, message, facts: [] })
    this.after(comparedForMs)
  }

  get members(): string[] {
    return this.machine.table.advertised().map(({ id }) => id)
  }

  after(ms: number): void {
    const untilMs = this.#now.monotonicMs + ms
    while (this.#now.monotonicMs < untilMs) {
      this.#now = { monotonicMs: this.#now.monotonicMs + 500, epochMs: this.#now.epochMs + 500 }
      // Ada stays alive.
      this.#carryOut(this.machine.received(ada, this.#now))
      this.#carryOut(this.machine.advance(this.#now))
    }
  }

  connect(id: string): void {
    this.#handle({ type: 'connection', id, state: 'open' })
  }

  close(id: string): void {
    this.#handle({ type: 'connection', id, state: 'closed' })
  }

  failDial(id: string): void {
    this.#handle({ type: 'connection', id, state: 'unreachable' })
  }

  sync(from: string, ...facts: SignedFact[]): void {
    const newFacts = this.machine.factFilter.filterNew(facts, from, true, this.#now)
    this.#handle({ type: 'sync', from, message: syncMessage({ facts }), facts: newFacts })
  }

  /** @returns the number of facts whose signatures are checked */
  rumor(from: string, ...facts: SignedFact[]): number {
    const newFacts = this.machine.factFilter.filterNew(facts, from, false, this.#now)
    if (newFacts.length > 0) this.#handle({ type: 'rumors', from, facts })
    return newFacts.length
  }

  #handle(input: MachineInput): void {
    this.#carryOut(this.machine.handle(input, this.#now))
  }

  #carryOut(effects: readonly MachineEffect[]): void {
    for (const effect of effects) {
      this.effects.push(effect)
      if (effect.type === 'publish') this.published.push(...effect.facts)
      if (effect.type === 'sign') {
        const fact = signedFact(self, effect.draft)
        this.#carryOut(this.machine.handle({ type: 'signed', fact }, this.#now))
      }
    }
  }
}

describe('standing', () => {
  it('keeps an id that is only reported out of the table, and does not dial it', () => {
    const member = new Established()
    member.rumor(ada, record(stranger))
    expect(member.members).not.toContain(stranger)
    expect(member.machine.member(stranger)).toBeUndefined()
    expect(member.machine.health().provisional).toBe(1)
    expect(member.effects).not.toContainEqual({ type: 'set-addresses', id: stranger, addresses: [] })
    expect(member.machine.factFilter.isForwardable([record(stranger)])).toBe(false)
  })

  it('makes an id a member that a member introduces, in either order of the facts', () => {
    for (const reverse of [false, true]) {
      const member = new Established()
      const facts = [record(stranger), introduction(ada, stranger)]
      member.rumor(ada, ...(reverse ? facts.reverse() : facts))
      // An introduction before the record is lost; the next sync brings both again.
      if (reverse) member.sync(ada, record(stranger), introduction(ada, stranger))
      expect(member.members).toContain(stranger)
      expect(member.machine.factFilter.isForwardable(facts)).toBe(true)
    }
  })

  it('ignores introductions by ids that are not members, until their authors become members', () => {
    const member = new Established()
    member.rumor(ada, record(stranger), introduction(grace, stranger))
    expect(member.members).not.toContain(stranger)
    member.rumor(ada, record(grace), introduction(ada, grace))
    expect(member.members).toEqual(expect.arrayContaining([grace, stranger]))
  })

  it('makes a connected id a member and introduces it once, together with its record', () => {
    const member = new Established()
    member.connect(stranger)
    member.sync(stranger, record(stranger))
    member.after(500)
    expect(member.members).toContain(stranger)
    const about = member.published.filter(
      fact => fact.author === stranger || (fact.type === 'introduction' && fact.subject === stranger),
    )
    expect(about.map(({ type }) => type)).toEqual(['record', 'introduction'])
    member.sync(stranger, record(stranger, 2))
    member.after(500)
    const again = member.published.filter(fact => fact.type === 'introduction' && fact.subject === stranger)
    expect(again).toHaveLength(1)
  })

  it('makes an id that waits a member when it connects', () => {
    const member = new Established()
    member.rumor(ada, record(stranger))
    member.connect(stranger)
    expect(member.members).toContain(stranger)
    expect(member.machine.health().provisional).toBe(0)
  })

  it('counts an introduction only within the quota of its author', () => {
    const member = new Established()
    for (let i = 0; i < 100; i++) member.rumor(ada, record(idOf(`s${i}`)), introduction(ada, idOf(`s${i}`)))
    expect(member.members).toHaveLength(2 + 32)
    expect(member.machine.health().refusedFacts['introducer-quota']).toBeGreaterThan(0)
    expect(member.machine.usage().provisional).toBeLessThanOrEqual(32)
  })

  it('brings four ids a minute without introduction from one peer, and forgets the others', () => {
    const member = new Established()
    for (let i = 0; i < 100; i++) member.sync(ada, record(idOf(`s${i}`)))
    expect(member.members).toHaveLength(2)
    member.after(60_000)
    expect(member.members.length - 2).toBeLessThanOrEqual(8)
    member.after(60_000)
    expect(member.machine.usage()).toMatchObject({ provisional: 0, quotas: 0 })
  })

  it('withdraws the right to introduce when three subjects cannot be reached', () => {
    const member = new Established()
    for (const name of ['a', 'b', 'c']) {
      const id = idOf(name)
      member.rumor(ada, record(id), introduction(ada, id))
      for (let i = 0; i < 4; i++) member.failDial(id)
    }
    member.rumor(ada, record(stranger), introduction(ada, stranger))
    expect(member.members).not.toContain(stranger)
    expect(member.machine.health().refusedFacts['introducer-unreachable']).toBeGreaterThan(0)
    member.after(610_000)
    member.rumor(ada, record(stranger), introduction(ada, stranger))
    expect(member.members).toContain(stranger)
  })

  it('keeps the right of an introducer whose subjects die after they were connected here', () => {
    const member = new Established()
    for (const name of ['a', 'b', 'c']) {
      const id = idOf(name)
      // The connection opens before the introduction arrives.
      member.connect(id)
      member.sync(id, record(id))
      member.rumor(ada, introduction(ada, id))
      member.close(id)
      for (let i = 0; i < 8; i++) member.failDial(id)
    }
    member.rumor(ada, record(stranger), introduction(ada, stranger))
    expect(member.members).toContain(stranger)
  })

  it('keeps the right of an introducer if as many of its subjects are connected as unreachable', () => {
    const member = new Established()
    for (const name of ['a', 'b', 'c']) {
      const [reached, dead] = [idOf(`reached ${name}`), idOf(`dead ${name}`)]
      member.connect(reached)
      member.rumor(ada, record(reached), introduction(ada, reached))
      member.rumor(ada, record(dead), introduction(ada, dead))
      for (let i = 0; i < 4; i++) member.failDial(dead)
    }
    member.rumor(ada, record(stranger), introduction(ada, stranger))
    expect(member.members).toContain(stranger)
  })

  it('drops suspicions and heartbeats by ids that are not members, unverified', () => {
    const member = new Established()
    expect(member.rumor(ada, signedFact(stranger, suspicionBody(ada, epochMs)))).toBe(0)
    expect(member.rumor(ada, signedFact(stranger, heartbeatBody(epochMs, 1)))).toBe(0)
    expect(member.machine.health().refusedFacts['unknown-author']).toBe(1)
  })

  it('keeps each field of health the same value while nothing changes, because apps compare the fields', () => {
    const { machine } = new Established()
    const [before, after] = [machine.health(), machine.health()]
    for (const [name, value] of Object.entries(after))
      expect(value, name).toBe(before[name as keyof typeof before])
  })

  it('takes four versions of a record a second on average, and the newest of one message', () => {
    const member = new Established()
    let checked = 0
    for (let version = 2; version < 1_002; version++) checked += member.rumor(ada, record(ada, version))
    expect(checked).toBe(20)
    member.after(1_000)
    expect(member.rumor(ada, ...[5_000, 7_000, 6_000].map(version => record(ada, version)))).toBe(1)
    expect(member.machine.table.get(ada)?.record.record.version).toBe(7_000)
  })
})

describe('first contact', () => {
  it('takes all rows of a direct peer, but no rumors about unknown ids', () => {
    const now = { monotonicMs: 0, epochMs }
    const machine = new MembershipMachine(
      {
        self,
        record: firstRecord({ name: 'self', tags: {}, incarnation: epochMs }),
        bootstrap: [],
        profile: 'lan',
        random: mulberry32(1),
      },
      now,
    )
    machine.start({}, now)
    machine.handle({ type: 'rumors', from: ada, facts: [record(stranger)] }, now)
    expect(machine.table.get(stranger)).toBeUndefined()
    machine.handle({ type: 'sync', from: ada, message: syncMessage({}), facts: [record(grace)] }, now)
    expect(machine.table.get(grace)).toBeDefined()
  })

  it('takes rows of a direct peer only at the rate of its reports once the tables were compared', () => {
    const member = new Established({ comparedForMs: 1_000 })
    const strangers = Array.from({ length: 400 }, (_, i) => record(idOf(`stranger ${i}`)))
    member.sync(ada, ...strangers)
    expect(member.members.length).toBeLessThanOrEqual(2 + 256)
    expect(member.machine.health().refusedFacts['provisional-rate']).toBe(400 - 256)
    member.after(1_000)
    member.sync(ada, ...strangers)
    expect(member.members.length).toBeLessThanOrEqual(2 + 256 + 20)
  })
})
