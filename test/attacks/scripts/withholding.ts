/**
 * Withholding: hostile members connect to all members, take part in gossip and in syncs, and withhold the facts about two
 * members: the member that is killed, and the newcomer.
 */
import { multiaddr } from '@multiformats/multiaddr'
import { clusterKeys, rumorTopic } from '../../../packages/core/src/wire/cluster-keys.ts'
import {
  decodeRumors,
  decodeSync,
  encodeRumors,
  encodeSync,
  syncMessage,
} from '../../../packages/core/src/wire/codec.ts'
import { type SignedFact, subjectOf } from '../../../packages/core/src/wire/fact.ts'
import { encodeJoinMesh, publishedData } from '../gossip-rpc.ts'
import { RawPeer, type Target } from '../raw-peer.ts'
import { atRate, range, type Script, type ScriptContext } from './script.ts'

/** Our choice: as many as gossipsub wants in the mesh of a member, so that a mesh may consist of them. */
const relayCount = 8

export const withholdingRelay: Script = async context => {
  const relays = await Promise.all(range(relayCount).map(() => WithholdingRelay.create(context)))
  for (const relay of relays) await relay.keepConnected()
  context.begin()
  await atRate(1, () => Promise.all(relays.map(relay => relay.keepConnected())))
}

class WithholdingRelay {
  readonly #context: ScriptContext
  readonly #topic: string
  /** By id. The addresses of newcomers are those in their records. */
  readonly #targets: Map<string, Target>
  /** The members whose facts it does not forward. */
  readonly #withheld = new Set<string>()
  #peer: RawPeer | undefined

  private constructor(context: ScriptContext) {
    const { targets, credentials } = context.order
    this.#context = context
    this.#topic = rumorTopic(clusterKeys(credentials.cluster, credentials.secret))
    this.#targets = new Map(targets.map(target => [target.id, target]))
    // The kit kills the last of the targets.
    for (const { id } of targets.slice(-1)) this.#withheld.add(id)
  }

  static async create(context: ScriptContext): Promise<WithholdingRelay> {
    const relay = new WithholdingRelay(context)
    relay.#peer = await RawPeer.create(context.order.credentials, {
      onFrame: (from, route, frame) => {
        if (route === 'rumors') void relay.#forward(from, frame)
        if (route === 'sync') void relay.#agree(from, frame)
      },
    })
    return relay
  }

  /** Connects to the members to which it has no connection, and enters their meshes. */
  async keepConnected(): Promise<void> {
    const peer = this.#peer
    if (!peer) return
    for (const target of [...this.#targets.values()])
      if (!peer.isConnected(target.id) && (await peer.join(target))) {
        this.#context.count('admitted')
        await peer.sendRpc(target, encodeJoinMesh(this.#topic))
      }
  }

  /** Forwards a rumor without the facts that the attacker withholds. */
  async #forward(from: string, rpc: Uint8Array): Promise<void> {
    const { count } = this.#context
    for (const data of publishedData(rpc, this.#topic)) {
      const rumors = decodeRumors(data)
      if (!rumors.ok) continue
      this.#learnNewcomers(rumors.value)
      const kept = rumors.value.filter(fact => this.#forwards(fact))
      count('withheld', rumors.value.length - kept.length)
      count('forwarded', kept.length)
      if (kept.length === 0) continue
      for (const target of this.#targets.values())
        if (target.id !== from && this.#peer?.isConnected(target.id))
          await this.#peer.publish(target, this.#topic, encodeRumors(kept))
    }
  }

  /** Answers an offer as if its table were equal, so that the member receives nothing and looks no further. */
  async #agree(from: string, frame: Uint8Array): Promise<void> {
    const sync = decodeSync(frame)
    const target = this.#targets.get(from)
    if (!sync.ok || !sync.value || !target) return
    const { offer, tableHash, facts } = sync.value
    this.#learnNewcomers(facts)
    if (!offer) return
    this.#context.count('answered as equal')
    await this.#peer?.send(target, 'sync', encodeSync(syncMessage({ tableHash })))
  }

  #forwards(fact: SignedFact): boolean {
    return !this.#withheld.has(subjectOf(fact)) && !this.#withheld.has(fact.author)
  }

  #learnNewcomers(facts: readonly SignedFact[]): void {
    for (const fact of facts) {
      if (fact.type !== 'record' || this.#targets.has(fact.author)) continue
      // The other hostile members have no address.
      const [address] = fact.record.addresses
      if (!address) continue
      this.#withheld.add(fact.author)
      const { incarnation, name } = fact.record
      this.#targets.set(fact.author, {
        id: fact.author,
        name,
        address: multiaddr(address).toString(),
        incarnation,
      })
    }
  }
}
