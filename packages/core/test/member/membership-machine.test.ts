import { describe, expect, it } from 'vitest'
import type { Instant } from '../../src/base/clock.ts'
import { firstRecord } from '../../src/member/local-record.ts'
import type { MachineEffect, MachineInput } from '../../src/member/machine-io.ts'
import type { MembershipMachineOptions } from '../../src/member/membership-machine.ts'
import { MembershipMachine } from '../../src/member/membership-machine.ts'
import { filterNew } from '../../src/table/filter-new.ts'
import { syncMessage } from '../../src/wire/codec.ts'
import type { FactBody } from '../../src/wire/fact.ts'
import { mulberry32 } from '../helpers/mulberry32.ts'
import { idOf, recordBody, signedFact, suspicionBody } from '../helpers/signed-fact.ts'

const epochMs = 1_700_000_000_000
const self = idOf('self')
const ada = idOf('ada')
const grace = idOf('grace')

/** One machine, whose drafts are signed at once. */
class Bench {
  readonly machine: MembershipMachine
  readonly events: string[] = []
  readonly dials: string[] = []
  /** The ids of each step in which others changed, and at which place among its effects they were. */
  readonly changes: { readonly ids: readonly string[]; readonly place: number }[] = []
  #now: Instant = { monotonicMs: 0, epochMs }

  constructor(tuning: Pick<Partial<MembershipMachineOptions>, 'maxMembers' | 'bootstrap'> = {}) {
    const record = firstRecord({ name: 'self', tags: {}, incarnation: epochMs })
    this.machine = new MembershipMachine(
      { self, record, bootstrap: [], profile: 'lan', random: mulberry32(1), ...tuning },
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

  hear(author: string, ...bodies: FactBody[]): void {
    const facts = bodies.map(body => signedFact(author, body))
    const news = filterNew(this.machine.table, facts, this.#now.epochMs)
    this.carryOut(this.machine.handle({ type: 'rumors', facts: news }, this.#now))
  }

  probed(suspected: number): void {
    const message = { type: 'ping', seq: 1, suspected } as const
    this.carryOut(this.machine.handle({ type: 'probe', from: ada, message }, this.#now))
  }

  /** Somebody connects, and answers the offer. */
  exchanged(id: string): void {
    const message = syncMessage({ tableHash: this.machine.table.hash() })
    this.carryOut(this.machine.handle({ type: 'connection', id, state: 'open' }, this.#now))
    for (const facts of [[], []])
      this.carryOut(this.machine.handle({ type: 'sync', from: id, message, facts }, this.#now))
    this.carryOut(this.machine.handle({ type: 'connection', id, state: 'closed' }, this.#now))
  }

  /** @param ms must be enough for nothing to seem late: it advances at each deadline. */
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
    for (const [place, effect] of effects.entries()) {
      if (effect.type === 'changed') this.changes.push({ ids: effect.ids, place })
      if (effect.type === 'dial') this.dials.push(effect.id)
      if (effect.type === 'event') this.events.push(`${effect.event.type} ${effect.event.member.name}`)
      if (effect.type !== 'sign') continue
      const fact = signedFact(self, effect.draft)
      this.carryOut(this.machine.handle({ type: 'signed', fact }, this.#now))
    }
  }
}

describe('machine', () => {
  it('answers a probe that calls it suspect by a greater incarnation', () => {
    const bench = new Bench()
    bench.hear(ada, recordBody({ incarnation: epochMs }))
    bench.probed(epochMs)
    bench.pass(1_000)
    expect(bench.incarnation).toBe(epochMs + 1)
  })

  describe('when the connection to a member ends that is no neighbour', () => {
    /** Of a cluster of 40, one that is no neighbour and is connected. */
    function connected(): { bench: Bench; id: string; dials: () => string[] } {
      const bench = new Bench()
      const ids = Array.from({ length: 40 }, (_, i) => idOf(`member ${i}`))
      for (const id of ids) bench.hear(id, recordBody({ incarnation: epochMs }))
      bench.handle({ type: 'connection', id: ada, state: 'open' })
      const id = ids.find(other => !bench.machine.overlay.isNeighbour(other))
      if (id === undefined) throw new Error('40 are not all neighbours')
      bench.handle({ type: 'connection', id, state: 'open' })
      return { bench, id, dials: () => bench.dials.filter(dialled => dialled === id) }
    }

    it('dials it', () => {
      const { bench, id, dials } = connected()
      bench.handle({ type: 'connection', id, state: 'closed' })
      expect(dials()).toEqual([id])
    })

    it('does not when the member said that it gives the connection up, but when the next one ends', () => {
      const { bench, id, dials } = connected()
      const message = syncMessage({ releasing: true })
      bench.handle({ type: 'sync', from: id, message, facts: [] })
      bench.handle({ type: 'connection', id, state: 'closed' })
      expect(dials()).toEqual([])
      bench.handle({ type: 'connection', id, state: 'open' })
      bench.handle({ type: 'connection', id, state: 'closed' })
      expect(dials()).toEqual([id])
    })
  })

  it.each(['closed', 'released'] as const)('forgets round trips over a connection that was %s', state => {
    const { machine } = new Bench()
    const now: Instant = { monotonicMs: 1, epochMs: epochMs + 1 }
    machine.handle({ type: 'connection', id: ada, state: 'open' }, now)
    machine.handle({ type: 'measure-round-trips' }, now)
    expect(machine.usage().roundTrips).toBe(1)
    machine.handle({ type: 'connection', id: ada, state }, now)
    expect(machine.usage().roundTrips).toBe(0)
  })

  it('is not led out of the believable by a probe that claims an incarnation nobody believes', () => {
    const bench = new Bench()
    bench.hear(ada, recordBody({ incarnation: epochMs }))
    bench.probed(Number.MAX_SAFE_INTEGER)
    bench.pass(10_000)
    expect(bench.incarnation).toBe(epochMs)
    bench.probed(epochMs)
    bench.pass(10_000)
    expect(bench.incarnation).toBe(epochMs + 1)
  })

  it('forgets who is gone the longest for a newcomer, and refuses one only when everybody is here', () => {
    const bench = new Bench({ maxMembers: 5 })
    const meet = (name: string) => bench.hear(idOf(name), recordBody({ incarnation: epochMs, name }))
    const leave = (name: string, leftEpochMs: number) =>
      bench.hear(
        idOf(name),
        recordBody({ incarnation: epochMs - 9, version: 2, name, leaving: true, leftEpochMs }),
      )
    const names = () =>
      bench.machine
        .members()
        .map(({ name }) => name)
        .sort()
    leave('left lately', epochMs - 1)
    leave('left long ago', epochMs - 5)
    meet('ada')
    expect(names()).toEqual(['ada', 'left lately', 'left long ago', 'self'])
    meet('grace')
    expect(names()).toEqual(['ada', 'grace', 'left lately', 'self'])
    leave('left long ago', epochMs - 5)
    meet('leslie')
    expect(names()).toEqual(['ada', 'grace', 'leslie', 'self'])
    meet('barbara')
    expect(bench.machine.health().full).toBe(true)
    meet('edsger')
    expect(names()).toEqual(['ada', 'barbara', 'grace', 'leslie', 'self'])
    expect(bench.machine.usage().members).toBe(5)
  })

  it('does not take a dead member into its rings for an older word of it', () => {
    const bench = new Bench()
    bench.hear(ada, recordBody({ incarnation: epochMs, name: 'ada' }))
    bench.hear(grace, suspicionBody(ada, epochMs))
    bench.pass(60_000)
    expect(bench.machine.member(ada)?.status).toBe('dead')
    expect(bench.machine.overlay.neighbours(60_000)).toEqual([])
    bench.hear(ada, recordBody({ incarnation: epochMs, version: 2, name: 'ada' }))
    expect(bench.machine.member(ada)?.status).toBe('dead')
    expect(bench.machine.overlay.neighbours(60_000)).toEqual([])
    bench.hear(ada, recordBody({ incarnation: epochMs + 1, name: 'ada' }))
    expect(bench.machine.overlay.neighbours(60_000)).toEqual([ada])
  })

  it('tells of a member once for each change, and never of itself', () => {
    const bench = new Bench()
    bench.hear(ada, recordBody({ incarnation: epochMs, name: 'ada' }))
    bench.hear(ada, recordBody({ incarnation: epochMs, version: 2, name: 'ada', tags: { at: 'home' } }))
    bench.hear(ada, recordBody({ incarnation: epochMs, version: 2, name: 'ada', tags: { at: 'home' } }))
    bench.hear(grace, suspicionBody(ada, epochMs))
    bench.pass(1_000)
    bench.hear(ada, recordBody({ incarnation: epochMs + 1, name: 'ada' }))
    bench.hear(ada, recordBody({ incarnation: epochMs + 1, version: 2, name: 'ada', leaving: true }))
    expect(bench.events).toEqual(['join ada', 'update ada', 'suspect ada', 'recover ada', 'leave ada'])
  })
})

it('does not refute what a stranger claims in a probe', () => {
  const bench = new Bench()
  bench.probed(epochMs)
  bench.pass(10_000)
  expect(bench.incarnation).toBe(epochMs)
})

it('signs no new record for a change that changes nothing, nor any after its goodbye', () => {
  const bench = new Bench()
  const version = () => bench.machine.table.get(self)?.record.record.version ?? 0
  const first = version()
  bench.handle({ type: 'local-change', change: { name: 'self', tags: {} } })
  expect(version()).toBe(first)
  bench.handle({ type: 'local-change', change: { name: 'Self' } })
  expect(version()).toBe(first + 1)
  bench.handle({ type: 'leave' })
  expect(version()).toBe(first + 2)
  bench.handle({ type: 'local-change', change: { spaces: [], attention: { state: 'hidden', leaseMs: 1 } } })
  bench.handle({ type: 'leave' })
  expect(version()).toBe(first + 2)
})

it('counts a member that took its goodbye back among the living again, where it can be suspected', () => {
  const bench = new Bench()
  bench.hear(ada, recordBody({ incarnation: epochMs }))
  bench.hear(ada, recordBody({ incarnation: epochMs, version: 2, leaving: true, leftEpochMs: epochMs }))
  expect(bench.machine.member(ada)?.status).toBe('left')
  bench.hear(ada, recordBody({ incarnation: epochMs, version: 3 }))
  expect(bench.machine.member(ada)?.status).toBe('alive')
  bench.hear(grace, recordBody({ incarnation: epochMs }), suspicionBody(ada, epochMs))
  bench.pass(1_000)
  expect(bench.machine.member(ada)?.status).toBe('suspect')
})

it('goes on telling of a suspect, whatever date is under the suspicion', () => {
  const bench = new Bench()
  const started = epochMs - 2 * 86_400_000
  bench.hear(ada, recordBody({ incarnation: started }))
  bench.hear(grace, { type: 'suspicion', subject: ada, incarnation: started, refused: false, epochMs: 0 })
  bench.pass(1_000)
  expect(bench.machine.member(ada)?.status).toBe('suspect')
  expect(bench.machine.table.index(ada)).toBeDefined()
  bench.pass(60_000)
  expect(bench.machine.member(ada)?.status).toBe('dead')
})

it('keeps nothing of strangers that come, exchange and go', () => {
  const bench = new Bench()
  const before = bench.machine.usage()
  for (let n = 0; n < 100; n++) bench.exchanged(idOf(`stranger ${n}`))
  expect(bench.machine.usage()).toEqual(before)
})

it('says first, and at once, who changed in a step', () => {
  const bench = new Bench()
  const facts = [ada, grace].map(id => signedFact(id, recordBody({ incarnation: epochMs })))
  bench.handle({ type: 'rumors', facts })
  expect(bench.changes).toEqual([{ ids: [ada, grace], place: 0 }])
})

describe('whether its view of the cluster is one that others share', () => {
  const bootstrap = ['/ip4/192.0.2.1/tcp/4001']
  const [address = ''] = bootstrap

  it('is so a second after the start of a member that has nowhere to start from', () => {
    const bench = new Bench()
    expect(bench.isSettled).toBe(false)
    bench.pass(1_000)
    expect(bench.isSettled).toBe(true)
  })

  it('is not so while a member that answered at a bootstrap address is not connected yet', () => {
    const bench = new Bench({ bootstrap })
    bench.pass(900)
    bench.handle({ type: 'bootstrap-connected', address, id: ada })
    bench.pass(5_000)
    expect(bench.isSettled).toBe(false)
    bench.exchanged(ada)
    expect(bench.isSettled).toBe(true)
  })

  it('is so when each bootstrap address was dialled in vain', () => {
    const bench = new Bench({ bootstrap })
    bench.pass(900)
    expect(bench.isSettled).toBe(false)
    bench.handle({ type: 'bootstrap-failed', address })
    bench.pass(100)
    expect(bench.isSettled).toBe(true)
  })

  it('is not so when the only connection closed before views were compared, until ten seconds after the start', () => {
    const bench = new Bench()
    bench.handle({ type: 'connection', id: ada, state: 'open' })
    bench.handle({ type: 'connection', id: ada, state: 'closed' })
    bench.pass(9_000)
    expect(bench.isSettled).toBe(false)
    bench.pass(1_000)
    expect(bench.isSettled).toBe(true)
  })
})
