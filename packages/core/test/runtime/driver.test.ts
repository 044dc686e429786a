import { describe, expect, it } from 'vitest'
import { mulberry32 } from '../../../../test/helpers/mulberry32.ts'
import {
  heartbeatBody,
  idOf,
  recordBody,
  signedFact,
  testTag,
} from '../../../../test/helpers/signed-facts.ts'
import { signatureOf } from '../../../simulator/src/simulated-signature.ts'
import { firstRecord } from '../../src/member/local-record.ts'
import { MembershipMachine } from '../../src/member/membership-machine.ts'
import { AppNotifications } from '../../src/runtime/app-notifications.ts'
import { Driver } from '../../src/runtime/driver.ts'
import { encodeRumors, encodeSync, syncMessage } from '../../src/wire/codec.ts'
import type { FactBody, SignedFact } from '../../src/wire/fact.ts'
import { quietTransport } from '../helpers/quiet-transport.ts'

const epochMs = 1_700_000_000_000
const self = idOf('self')
const ada = idOf('ada')
const relay = idOf('relay')

/** One driver with a stopped clock, and its actions. */
class DriverBench {
  readonly refused: string[] = []
  readonly now = { monotonicMs: 0, epochMs }
  verifications = 0
  readonly machine: MembershipMachine
  readonly driver: Driver

  constructor() {
    const { now } = this
    const record = firstRecord({ name: 'self', tags: {}, incarnation: epochMs })
    this.machine = new MembershipMachine(
      { self, record, bootstrap: [], profile: 'lan', random: mulberry32(1), standing: 'assumed' },
      now,
    )
    const clock = { now: () => now, setTimer: () => () => {} }
    this.driver = new Driver({
      machine: this.machine,
      cluster: testTag,
      clock,
      notifications: new AppNotifications(clock),
      transport: {
        ...quietTransport,
        refuse: (id, forMs) => this.refused.push(`${id} ${forMs}`),
      },
      keys: {
        sign: bytes => signatureOf(self, bytes),
        verify: (author, bytes, signature) => {
          this.verifications += 1
          return Buffer.compare(signatureOf(author, bytes), signature) === 0
        },
      },
      host: { persistCachedPeers() {}, log() {} },
      persist() {},
      storePolicy() {},
      listener: {
        event() {},
        stepped() {},
        leaveAcknowledged() {},
        identityChanged() {},
        policyChanged() {},
        queries: () => Promise.reject(new Error('these tests ask no queries')),
      },
    })
    this.driver.start()
  }

  exchanged(...facts: SignedFact[]): void {
    this.driver.frame(relay, 'sync', encodeSync(syncMessage({ facts })))
  }

  rumor(...facts: SignedFact[]): unknown {
    return this.driver.rumor(relay, encodeRumors(facts))
  }
}

const record = (version: number): FactBody => recordBody({ incarnation: epochMs, version })

describe('a rumor', () => {
  it('is forwarded once if it is new, also if anti-entropy brought it first', () => {
    const bench = new DriverBench()
    const fact = signedFact(ada, record(1))
    bench.exchanged(fact)
    expect(bench.rumor(fact)).toBe('accept')
    expect(bench.rumor(fact)).toBe('ignore')
    const next = signedFact(ada, record(2))
    expect(bench.rumor(next)).toBe('accept')
    expect(bench.rumor(next, next)).toBe('ignore')
    expect(bench.rumor(fact)).toBe('ignore')
  })

  it('without facts is not forwarded', () => {
    const bench = new DriverBench()
    expect(bench.rumor()).toBe('ignore')
    // An unknown field of 100 bytes.
    const padded = Uint8Array.from([0xfa, 0x01, 100, ...new Uint8Array(100)])
    expect(bench.driver.rumor(relay, padded)).toBe('ignore')
  })

  it('is not forwarded with the signature of another fact', () => {
    const bench = new DriverBench()
    const latest = signedFact(ada, record(5))
    bench.exchanged(latest)
    const { signature } = latest
    expect(bench.rumor({ ...signedFact(ada, record(4)), signature })).toBe('ignore')
    expect(bench.rumor({ ...signedFact(ada, record(6)), signature })).toBe('reject')
  })
})

describe('a message full of forged facts', () => {
  it('costs one verification', () => {
    const bench = new DriverBench()
    const forged = Array.from({ length: 500 }, (_, i) => signedFact(idOf(`unknown ${i}`), record(1))).map(
      fact => ({
        ...fact,
        signature: new Uint8Array(64),
      }),
    )
    bench.exchanged(...forged)
    expect(bench.verifications).toBe(1)
    expect(bench.driver.violations()).toEqual({ undecodable: 0, 'bad-signature': 1, flood: 0 })
  })

  it('logs a forged heartbeat of one member once', () => {
    const bench = new DriverBench()
    bench.exchanged(signedFact(ada, record(1)))
    bench.verifications = 0
    const index = bench.machine.table.index(ada) ?? 0
    const heartbeats = Array.from({ length: 500 }, (_, i) => ({
      index,
      sequence: i + 1,
      signature: new Uint8Array(64),
    }))
    const greatest = signedFact(ada, heartbeatBody(epochMs, 501))
    const freshHeartbeats = [...heartbeats, { index, sequence: 501, signature: greatest.signature }]
    bench.driver.frame(
      relay,
      'sync',
      encodeSync(syncMessage({ tableHash: bench.machine.table.hash(), freshHeartbeats })),
    )
    expect(bench.verifications).toBe(1)
    expect(bench.machine.table.get(ada)?.heartbeat?.sequence).toBe(501)
  })
})

it('keeps the facts of a frame in memory, not the frame', () => {
  const bench = new DriverBench()
  bench.exchanged(...Array.from({ length: 100 }, (_, i) => signedFact(idOf(`m${i}`), record(1))))
  const { record: stored } = bench.machine.table.get(idOf('m7')) ?? {}
  expect(stored?.payload.buffer.byteLength).toBe(stored?.payload.length)
  expect(stored?.signature.buffer.byteLength).toBe(64)
})

describe('a peer with too many violations', () => {
  it('is refused, and what it sent before the connection closed is dropped', () => {
    const bench = new DriverBench()
    const garbage = Uint8Array.of(0xff, 0xff, 0xff)
    for (let i = 0; i < 50; i++) bench.driver.frame(relay, 'probe', garbage)
    expect([bench.driver.violations().undecodable, bench.refused]).toEqual([5, [`${relay} 60000`]])
    bench.exchanged(signedFact(ada, record(1)))
    expect([bench.rumor(signedFact(ada, record(1))), bench.verifications]).toEqual(['ignore', 0])
    bench.driver.frame(ada, 'sync', encodeSync(syncMessage({ facts: [signedFact(ada, record(1))] })))
    expect(bench.verifications).toBe(1)
    bench.now.monotonicMs += 60_000
    bench.exchanged(signedFact(ada, record(2)))
    expect(bench.verifications).toBe(2)
  })
})

describe('a peer that sends more than the rates allow', () => {
  it('is refused for a minute if an honest member could not have sent so much', () => {
    const bench = new DriverBench()
    bench.driver.reportExcess(relay, 8_388_608)
    for (let i = 0; i < 4; i++) bench.driver.reportExcess(relay, 1_000)
    expect(bench.refused).toEqual([])
    bench.driver.reportExcess(relay, 1_000)
    expect(bench.refused).toEqual([`${relay} 60000`])
  })
})
