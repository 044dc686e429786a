/**
 * Push-pull rounds: how many rounds one new fact takes to reach all members, if in each round every member runs
 * anti-entropy with one random other member.
 *
 * A round is defined as in the literature: all syncs of a round start from the state before the round. The code of
 * the syncs is the shipped code. There is no network, so nothing is lost or delayed, and every member reaches every
 * other member.
 */
import {
  AntiEntropy,
  draftFact,
  firstRecord,
  type SignedFact,
  type SyncMessage,
  Table,
} from '@hearsay/core/host'
import { type Random, randomStream } from './random-stream.ts'
import { simulatedId } from './simulated-keys.ts'

const startedEpochMs = 1_700_000_000_000
/** The fact counts as lost if it has not reached all members after this many rounds. */
const maxRounds = 1_000

/**
 * Measures how fast anti-entropy alone spreads a fact: each round, each member syncs with one other member at random.
 *
 * @param members ≥ 2
 * @returns the number of rounds until all members have the fact
 */
export function pushPullRounds(members: number, seed: number): number {
  const partners = randomStream(seed, 'partners')
  const sides = Array.from({ length: members }, () => new Side(randomStream(seed, 'schedule')))
  const fact = factOf(simulatedId(seed, 'author'))
  sides[0]?.merge([fact])
  for (let round = 1; round <= maxRounds; round++) {
    const received = sides.map((side, i) => {
      const drawn = Math.floor(partners() * (members - 1))
      const partner = sides[drawn < i ? drawn : drawn + 1]
      return partner ? exchange(side, partner) : []
    })
    for (const { side, facts } of received.flat()) side.merge(facts)
    if (sides.every(side => side.has(fact))) return round
  }
  throw new Error(`not known to all of ${members} after ${maxRounds} rounds`)
}

/**
 * The number of rounds in theory. While few members know the fact, push and pull together triple their number
 * in each round: log₃ n rounds. While few members lack the fact, their share is squared in each round: log₂
 * ln n rounds. Karp, Schindelhauer, Shenker and Vöcking, "Randomized Rumor Spreading" (FOCS 2000): log₃ n +
 * O(ln ln n).
 */
export function pushPullTheory(members: number): number {
  return Math.log(members) / Math.log(3) + Math.log2(Math.log(members))
}

/** The facts that one end received in a sync. */
interface SideResult {
  readonly side: Side
  readonly facts: readonly SignedFact[]
}

/** One sync, message by message, until neither end has more to send. Nothing is merged. */
function exchange(a: Side, b: Side): SideResult[] {
  const received: SideResult[] = []
  let message: SyncMessage | undefined = a.exchanges.offer(peerId, 0).message
  for (let [sender, listener] = [a, b]; message; [sender, listener] = [listener, sender]) {
    if (message.facts.length > 0) received.push({ side: listener, facts: message.facts })
    message = listener.exchanges.handle(peerId, message, false, { monotonicMs: 0, epochMs: startedEpochMs })
      .steps[0]?.message
  }
  a.exchanges.closed(peerId)
  b.exchanges.closed(peerId)
  return received
}

/** The id by which each end knows the other. */
const peerId = 'other'

/** The parts of a member that anti-entropy needs. */
class Side {
  readonly exchanges: AntiEntropy
  readonly #table = new Table({ maxMembers: 1, maxTombstones: 1 })

  constructor(random: Random) {
    this.exchanges = new AntiEntropy({ table: this.#table, random, maxDeltaBytes: 49_152 }, 0)
  }

  merge(facts: readonly SignedFact[]): void {
    for (const fact of facts) this.#table.merge(fact, startedEpochMs)
  }

  has(fact: SignedFact): boolean {
    return this.#table.stored(fact) !== undefined
  }
}

/** Returns a fact without a valid signature, because this simulation verifies no signatures. */
function factOf(author: string): SignedFact {
  const record = firstRecord({ name: 'news', tags: {}, incarnation: startedEpochMs })
  return { ...draftFact(author, { type: 'record', record }), signature: new Uint8Array(64) }
}
