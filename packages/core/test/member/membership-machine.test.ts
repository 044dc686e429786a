import { describe, expect, it } from 'vitest'
import { mulberry32 } from '../../../../test/helpers/mulberry32.ts'
import { idOf, recordBody, signedFact, suspicionBody } from '../../../../test/helpers/signed-facts.ts'
import type { Instant } from '../../src/base/clock.ts'
import { firstRecord } from '../../src/member/local-record.ts'
import type { MachineEffect, MachineInput } from '../../src/member/machine-io.ts'
import type { MembershipMachineOptions } from '../../src/member/membership-machine.ts'
import { MembershipMachine } from '../../src/member/membership-machine.ts'
import { syncMessage } from '../../src/wire/codec.ts'
import type { FactBody } from '../../src/wire/fact.ts'

const epochMs = 1_700_000_000_000
const self = idOf('self')
const ada = idOf('ada')
const grace = idOf('grace')

/** One machine whose drafts are signed immediately. */
class TestMachine {
  readonly machine: MembershipMachine
  readonly events: string[] = []
  readonly dials: string[] = []
  /** The members to which the tested member tries another connection. */
  readonly checks: string[] = []
  /** The members to which a record was sent directly. */
  readonly recordsSent: string[] = []
  /** The ids of each `changed` effect, and its index among the effects of its step. */
  readonly changes: { readonly ids: readonly string[]; readonly index: number }[] = []
  #now: Instant = { monotonicMs: 0, epochMs }

  constructor(tuning: Pick<Partial<MembershipMachineOptions>, 'maxMembers' | 'bootstrap' | 'standing'> = {}) {
    const record = firstRecord({ name: 'self', tags: {}, incarnation: epochMs })
    this.machine = new MembershipMachine(
      { self, record, bootstrap: [], profile: 'lan', random: mulberry32(1), standing: 'assumed', ...tuning },
      this.#now,
    )
    this.carryOut(this.machine.start({}, this.#now))
  }

  get isSettled(): boolean {
    return this.machine.isSettled(this.#now)
  }

  handle(input: MachineInput): void {
    this.carryOut(this.machine.handle(input, this.#now))
  }

  get incarnation(): number {
    return this.machine.member(self)?.incarnation ?? Number.NaN
  }

  receive(author: string, ...bodies: FactBody[]): void {
    const facts = bodies.map(body => signedFact(author, body))
    const newFacts = this.machine.factFilter.filterNew(facts, grace, false, this.#now)
    this.carryOut(this.machine.received(grace, this.#now))
    this.carryOut(this.machine.handle({ type: 'rumors', facts: newFacts }, this.#now))
  }

  probed(suspected: number): void {
    const message = { type: 'ping', seq: 1, suspected } as const
    this.carryOut(this.machine.handle({ type: 'probe', from: ada, message }, this.#now))
  }

  /** A member connects, answers the offer and disconnects. */
  synced(id: string): void {
    const message = syncMessage({ tableHash: this.machine.table.hash() })
    this.carryOut(this.machine.handle({ type: 'connection', id, state: 'open' }, this.#now))
    for (const facts of [[], []])
      this.carryOut(this.machine.handle({ type: 'sync', from: id, message, facts }, this.#now))
    this.carryOut(this.machine.handle({ type: 'connection', id, state: 'closed' }, this.#now))
  }

  /** Lets time pass, and advances the machine at each deadline. */
  pass(ms: number): void {
    const untilMs = this.#now.monotonicMs + ms
    while (this.machine.deadlineMs() <= untilMs) {
      const monotonicMs = Math.max(this.#now.monotonicMs, this.machine.deadlineMs())
      this.#now = { monotonicMs, epochMs: Math.floor(epochMs + monotonicMs) }
      this.carryOut(this.machine.advance(this.#now))
    }
    this.#now = { monotonicMs: untilMs, epochMs: Math.floor(epochMs + untilMs) }
  }

  carryOut(effects: readonly MachineEffect[]): void {
    for (const [index, effect] of effects.entries()) {
      if (effect.type === 'changed') this.changes.push({ ids: effect.ids, index })
      if (effect.type === 'send-sync' && effect.message.facts.some(({ type }) => type === 'record'))
        this.recordsSent.push(effect.to)
      if (effect.type === 'check-connection') this.checks.push(effect.id)
      if (effect.type === 'dial') this.dials.push(effect.id)
      if (effect.type === 'event') this.events.push(`${effect.event.type} ${effect.event.member.name}`)
      if (effect.type !== 'sign') continue
      const fact = signedFact(self, effect.draft)
      this.carryOut(this.machine.handle({ type: 'signed', fact }, this.#now))
    }
  }
}

describe('membership machine', () => {
  it('answers a probe with a suspicion of this member by a greater incarnation', () => {
    const test = new TestMachine()
    test.receive(ada, recordBody({ incarnation: epochMs }))
    test.probed(epochMs)
    test.pass(1_000)
    expect(test.incarnation).toBe(epochMs + 1)
  })

  describe('when the connection to a member that is no neighbour closes', () => {
    /** A connected member that is no neighbour, in a cluster of 40. */
    function connected(): { test: TestMachine; id: string; dials: () => string[] } {
      const test = new TestMachine()
      const ids = Array.from({ length: 40 }, (_, i) => idOf(`member ${i}`))
      for (const id of ids) test.receive(id, recordBody({ incarnation: epochMs }))
      test.handle({ type: 'connection', id: ada, state: 'open' })
      const id = ids.find(other => !test.machine.overlay.isNeighbour(other))
      if (id === undefined) throw new Error('all 40 members are neighbours')
      test.handle({ type: 'connection', id, state: 'open' })
      return { test, id, dials: () => test.dials.filter(dialled => dialled === id) }
    }

    it('dials the member', () => {
      const { test, id, dials } = connected()
      test.handle({ type: 'connection', id, state: 'closed' })
      expect(dials()).toEqual([id])
    })

    it('does not dial if the member released the connection, and dials when the next connection closes', () => {
      const { test, id, dials } = connected()
      const message = syncMessage({ releasing: true })
      test.handle({ type: 'sync', from: id, message, facts: [] })
      test.handle({ type: 'connection', id, state: 'closed' })
      expect(dials()).toEqual([])
      test.handle({ type: 'connection', id, state: 'open' })
      test.handle({ type: 'connection', id, state: 'closed' })
      expect(dials()).toEqual([id])
    })
  })

  it('tries another connection to a connected member that does not answer, before it declares the member dead', () => {
    const test = new TestMachine()
    test.receive(ada, recordBody({ incarnation: epochMs }))
    test.handle({ type: 'connection', id: ada, state: 'open' })
    test.pass(3_000)
    expect(test.checks).toEqual([ada])
    expect(test.machine.member(ada)?.status).not.toBe('dead')
    test.pass(20_000)
    expect(test.machine.member(ada)?.status).toBe('dead')
  })

  it('tries no other connection to a member that is not connected', () => {
    const test = new TestMachine()
    test.receive(ada, recordBody({ incarnation: epochMs }))
    test.pass(1_000)
    test.handle({ type: 'connection', id: ada, state: 'refused' })
    test.pass(20_000)
    expect(test.machine.member(ada)?.status).toBe('dead')
    expect(test.checks).toEqual([])
  })

  it.each(['unreachable', 'refused'] as const)(
    'after a network change repeats a running dial that ends as %s, and counts no failure',
    state => {
      const test = new TestMachine()
      test.receive(ada, recordBody({ incarnation: epochMs }))
      test.pass(5_000)
      expect(test.dials).toEqual([ada])
      test.handle({ type: 'network-changed' })
      test.handle({ type: 'connection', id: ada, state })
      expect(test.dials).toEqual([ada, ada])
      expect(test.machine.overlay.subjects(5_000)).toEqual([])
      test.handle({ type: 'connection', id: ada, state })
      expect(test.machine.overlay.subjects(5_000)).toEqual([ada])
    },
  )

  it.each(['closed', 'released'] as const)('deletes round trips over a connection that was %s', state => {
    const { machine } = new TestMachine()
    const now: Instant = { monotonicMs: 1, epochMs: epochMs + 1 }
    machine.handle({ type: 'connection', id: ada, state: 'open' }, now)
    machine.handle({ type: 'measure-round-trips' }, now)
    expect(machine.usage().roundTrips).toBe(1)
    machine.handle({ type: 'connection', id: ada, state }, now)
    expect(machine.usage().roundTrips).toBe(0)
  })

  it('ignores an implausible incarnation in a probe', () => {
    const test = new TestMachine()
    test.receive(ada, recordBody({ incarnation: epochMs }))
    test.probed(Number.MAX_SAFE_INTEGER)
    test.pass(10_000)
    expect(test.incarnation).toBe(epochMs)
    test.probed(epochMs)
    test.pass(10_000)
    expect(test.incarnation).toBe(epochMs + 1)
  })

  it('drops the earliest departed member for a new one, and rejects a new one only if all members are present', () => {
    const test = new TestMachine({ maxMembers: 5 })
    const join = (name: string) => test.receive(idOf(name), recordBody({ incarnation: epochMs, name }))
    const leave = (name: string, leftEpochMs: number) =>
      test.receive(
        idOf(name),
        recordBody({ incarnation: epochMs - 9, version: 2, name, leaving: true, leftEpochMs }),
      )
    const names = () =>
      test.machine
        .members()
        .map(({ name }) => name)
        .sort()
    leave('left lately', epochMs - 1)
    leave('left long ago', epochMs - 5)
    join('ada')
    expect(names()).toEqual(['ada', 'left lately', 'left long ago', 'self'])
    join('grace')
    expect(names()).toEqual(['ada', 'grace', 'left lately', 'self'])
    leave('left long ago', epochMs - 5)
    join('leslie')
    expect(names()).toEqual(['ada', 'grace', 'leslie', 'self'])
    join('barbara')
    expect(test.machine.health().full).toBe(true)
    join('edsger')
    expect(names()).toEqual(['ada', 'barbara', 'grace', 'leslie', 'self'])
    expect(test.machine.usage().members).toBe(5)
  })

  it('does not add a dead member to its rings for a record of the same incarnation', () => {
    const test = new TestMachine()
    test.receive(ada, recordBody({ incarnation: epochMs, name: 'ada' }))
    test.receive(grace, suspicionBody(ada, epochMs))
    test.pass(60_000)
    expect(test.machine.member(ada)?.status).toBe('dead')
    expect(test.machine.overlay.neighbours(60_000)).toEqual([])
    test.receive(ada, recordBody({ incarnation: epochMs, version: 2, name: 'ada' }))
    expect(test.machine.member(ada)?.status).toBe('dead')
    expect(test.machine.overlay.neighbours(60_000)).toEqual([])
    test.receive(ada, recordBody({ incarnation: epochMs + 1, name: 'ada' }))
    expect(test.machine.overlay.neighbours(60_000)).toEqual([ada])
  })

  it('emits one event for each change of a member, and none about itself', () => {
    const test = new TestMachine()
    test.receive(ada, recordBody({ incarnation: epochMs, name: 'ada' }))
    test.receive(ada, recordBody({ incarnation: epochMs, version: 2, name: 'ada', tags: { at: 'home' } }))
    test.receive(ada, recordBody({ incarnation: epochMs, version: 2, name: 'ada', tags: { at: 'home' } }))
    for (const observer of [grace, idOf('hopper')]) test.receive(observer, suspicionBody(ada, epochMs))
    test.pass(1_000)
    test.receive(ada, recordBody({ incarnation: epochMs + 1, name: 'ada' }))
    test.receive(ada, recordBody({ incarnation: epochMs + 1, version: 2, name: 'ada', leaving: true }))
    expect(test.events).toEqual(['join ada', 'update ada', 'suspect ada', 'recover ada', 'leave ada'])
  })
})

it('does not refute a suspicion in a probe of an unknown member', () => {
  const test = new TestMachine()
  test.probed(epochMs)
  test.pass(10_000)
  expect(test.incarnation).toBe(epochMs)
})

it('signs no new record for a change without effect, and none after its leave', () => {
  const test = new TestMachine()
  const version = () => test.machine.table.get(self)?.record.record.version ?? 0
  const first = version()
  test.handle({ type: 'local-change', change: { name: 'self', tags: {} } })
  expect(version()).toBe(first)
  test.handle({ type: 'local-change', change: { name: 'Self' } })
  expect(version()).toBe(first + 1)
  test.handle({ type: 'leave' })
  expect(version()).toBe(first + 2)
  test.handle({ type: 'local-change', change: { spaces: [], attention: { state: 'hidden', leaseMs: 1 } } })
  test.handle({ type: 'leave' })
  expect(version()).toBe(first + 2)
})

it('shows a member that returned after leaving as alive, and can suspect it', () => {
  const test = new TestMachine()
  test.receive(ada, recordBody({ incarnation: epochMs }))
  test.receive(ada, recordBody({ incarnation: epochMs, version: 2, leaving: true, leftEpochMs: epochMs }))
  expect(test.machine.member(ada)?.status).toBe('left')
  test.receive(ada, recordBody({ incarnation: epochMs, version: 3 }))
  expect(test.machine.member(ada)?.status).toBe('alive')
  for (const observer of [grace, idOf('hopper')])
    test.receive(observer, recordBody({ incarnation: epochMs }), suspicionBody(ada, epochMs))
  test.pass(1_000)
  expect(test.machine.member(ada)?.status).toBe('suspect')
})

it('keeps advertising a suspect, whatever the date of the suspicion', () => {
  const test = new TestMachine()
  const started = epochMs - 2 * 86_400_000
  test.receive(ada, recordBody({ incarnation: started }))
  for (const observer of [grace, idOf('hopper')])
    test.receive(observer, {
      type: 'suspicion',
      subject: ada,
      incarnation: started,
      refused: false,
      epochMs: 0,
    })
  test.pass(1_000)
  expect(test.machine.member(ada)?.status).toBe('suspect')
  expect(test.machine.table.index(ada)).toBeDefined()
  test.pass(60_000)
  expect(test.machine.member(ada)?.status).toBe('dead')
})

it('stores nothing about unknown members that connect, sync and disconnect', () => {
  const test = new TestMachine()
  const before = test.machine.usage()
  for (let n = 0; n < 100; n++) test.synced(idOf(`stranger ${n}`))
  expect(test.machine.usage()).toEqual(before)
})

it('emits one first effect with all members that changed in a step', () => {
  const test = new TestMachine()
  const facts = [ada, grace].map(id => signedFact(id, recordBody({ incarnation: epochMs })))
  test.handle({ type: 'rumors', facts })
  expect(test.changes).toEqual([{ ids: [ada, grace], index: 0 }])
})

describe('isSettled', () => {
  const bootstrap = ['/ip4/192.0.2.1/tcp/4001']
  const [address = ''] = bootstrap

  it('is true one second after the start of a member without bootstrap addresses', () => {
    const test = new TestMachine()
    expect(test.isSettled).toBe(false)
    test.pass(1_000)
    expect(test.isSettled).toBe(true)
  })

  it('is false while a member that answered at a bootstrap address is not connected yet', () => {
    const test = new TestMachine({ bootstrap })
    test.pass(900)
    test.handle({ type: 'bootstrap-connected', address, id: ada })
    test.pass(5_000)
    expect(test.isSettled).toBe(false)
    test.synced(ada)
    expect(test.isSettled).toBe(true)
  })

  it('is true when the dial of each bootstrap address failed', () => {
    const test = new TestMachine({ bootstrap })
    test.pass(900)
    expect(test.isSettled).toBe(false)
    test.handle({ type: 'bootstrap-failed', address })
    test.pass(100)
    expect(test.isSettled).toBe(true)
  })

  it('is false for ten seconds after the start if the only connection closed before tables were compared', () => {
    const test = new TestMachine()
    test.handle({ type: 'connection', id: ada, state: 'open' })
    test.handle({ type: 'connection', id: ada, state: 'closed' })
    test.pass(9_000)
    expect(test.isSettled).toBe(false)
    test.pass(1_000)
    expect(test.isSettled).toBe(true)
  })
})

describe('a member that is asleep', () => {
  const asleep = { attention: { state: 'asleep', leaseMs: 60_000 } } as const

  it('publishes no suspicion, and after it resumed none at once', () => {
    const test = new TestMachine()
    test.receive(ada, recordBody({ incarnation: epochMs }))
    test.handle({ type: 'connection', id: ada, state: 'open' })
    const claims = () => test.machine.table.get(ada)?.suspicions?.claims ?? []
    test.handle({ type: 'local-change', change: asleep })
    test.pass(600)
    test.handle({ type: 'resumed' })
    test.pass(1_000)
    test.handle({ type: 'local-change', change: asleep })
    test.pass(20_000)
    expect(claims()).toEqual([])
    expect(test.machine.health().pauses).toBe(1)
  })

  it('sends the record directly when it falls asleep and when it resumes, and to each peer that connects then', () => {
    const test = new TestMachine()
    test.receive(ada, recordBody({ incarnation: epochMs }))
    test.handle({ type: 'connection', id: ada, state: 'open' })
    const sentBy = (input: MachineInput) => {
      test.recordsSent.length = 0
      test.handle(input)
      return test.recordsSent
    }
    expect(sentBy({ type: 'local-change', change: asleep })).toEqual([ada])
    expect(sentBy({ type: 'resumed' })).toEqual([ada])
    expect(sentBy({ type: 'local-change', change: { name: 'Self' } })).toEqual([])
    sentBy({ type: 'connection', id: ada, state: 'closed' })
    sentBy({ type: 'network-changed' })
    expect(sentBy({ type: 'connection', id: ada, state: 'open' })).toEqual([ada])
  })

  it('is not changed by a resume when it is not asleep', () => {
    const test = new TestMachine()
    const before = test.machine.member(self)
    test.handle({ type: 'resumed' })
    expect(test.machine.member(self)).toBe(before)
    expect(test.machine.health().pauses).toBe(0)
  })
})
