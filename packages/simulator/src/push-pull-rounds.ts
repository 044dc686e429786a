/**
 * Push-pull rounds: how many rounds one new fact takes to everybody, when in each round every member has one exchange
 * with one other, drawn by chance.
 *
 * The rounds are those of the literature: all exchanges of a round start from what was known before it. The exchanges
 * are the shipped ones, without a network: no loss, no delay, everybody can reach everybody.
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
/** After so many, the news has died. */
const maxRounds = 1_000

/** @param members ≥ 2. @returns rounds until all know it */
export function pushPullRounds(members: number, seed: number): number {
  const partners = randomStream(seed, 'partners')
  const sides = Array.from({ length: members }, () => new Side(randomStream(seed, 'schedule')))
  const news = factOf(simulatedId(seed, 'author'))
  sides[0]?.merge([news])
  for (let round = 1; round <= maxRounds; round++) {
    const heard = sides.map((side, i) => {
      const drawn = Math.floor(partners() * (members - 1))
      const partner = sides[drawn < i ? drawn : drawn + 1]
      return partner ? exchange(side, partner) : []
    })
    for (const { side, facts } of heard.flat()) side.merge(facts)
    if (sides.every(side => side.holds(news))) return round
  }
  throw new Error(`not known to all of ${members} after ${maxRounds} rounds`)
}

/**
 * What theory says of it. While few know, push and pull together triple their number: log₃ n rounds. While few do not,
 * their share is squared in each: log₂ ln n rounds. Karp, Schindelhauer, Shenker and Vöcking, "Randomized Rumor
 * Spreading" (FOCS 2000) have it as log₃ n + O(ln ln n).
 */
export function pushPullTheory(members: number): number {
  return Math.log(members) / Math.log(3) + Math.log2(Math.log(members))
}

/** What one end was handed over in an exchange. */
interface SideResult {
  readonly side: Side
  readonly facts: readonly SignedFact[]
}

/** One exchange, step by step, until neither has anything more to say. Nothing is merged. */
function exchange(a: Side, b: Side): SideResult[] {
  const heard: SideResult[] = []
  let said: SyncMessage | undefined = a.exchanges.offer(peerId, 0).message
  for (let [sender, listener] = [a, b]; said; [sender, listener] = [listener, sender]) {
    if (said.facts.length > 0) heard.push({ side: listener, facts: said.facts })
    said = listener.exchanges.handle(peerId, said, false, { monotonicMs: 0, epochMs: startedEpochMs })
      .steps[0]?.message
  }
  a.exchanges.closed(peerId)
  b.exchanges.closed(peerId)
  return heard
}

/** Who takes part calls the other end so. */
const peerId = 'other'

/** A member, as far as exchanges know it. */
class Side {
  readonly exchanges: AntiEntropy
  readonly #table = new Table({ maxMembers: 1, maxTombstones: 1 })

  constructor(random: Random) {
    this.exchanges = new AntiEntropy({ table: this.#table, random, maxDeltaBytes: 49_152 }, 0)
  }

  merge(facts: readonly SignedFact[]): void {
    for (const fact of facts) this.#table.merge(fact, startedEpochMs)
  }

  holds(fact: SignedFact): boolean {
    return this.#table.stored(fact) !== undefined
  }
}

/** Nobody verifies it. */
function factOf(author: string): SignedFact {
  const record = firstRecord({ name: 'news', tags: {}, incarnation: startedEpochMs })
  return { ...draftFact(author, { type: 'record', record }), signature: new Uint8Array(64) }
}
