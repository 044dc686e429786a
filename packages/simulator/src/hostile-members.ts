/**
 * Hostile members: faults in which an admitted member attacks the others with facts that it may sign.
 *
 * A hostile member runs the shipped engine, so the others accept it. In addition, the member sends the facts of the attack: by
 * gossip and directly to all peers. Invented identities have no process: nothing answers at their addresses.
 */
import { hash } from 'node:crypto'
import {
  draftFact,
  encodeRumors,
  encodeSync,
  type FactBody,
  firstRecord,
  memberIdFromKey,
  type SignedFact,
  signedBytes,
  syncMessage,
} from '@hearsay/core/host'
import { multiaddr } from '@multiformats/multiaddr'
import { InvalidSimulationError } from './options.ts'
import type { SimulatedMember } from './simulated-member.ts'
import { simulatedTag } from './simulated-process.ts'
import { signatureOf } from './simulated-signature.ts'
import type { World } from './world.ts'

/** Each method returns a function that ends the attack. An attack continues when the member's process is started again. */
export interface HostileFaults {
  /**
   * Once a second, the member publishes a suspicion of every other member that it knows, in that member's present
   * incarnation.
   */
  lie(name: string): () => void
  /**
   * The member publishes records of identities that do not exist, each with its own introduction.
   *
   * @param options perSecond: the number of identities a second; introduced: with introductions @default true;
   * refuting: the identities also refute suspicions and send heartbeats @default false
   */
  inventIdentities(
    name: string,
    options: { perSecond: number; introduced?: boolean; refuting?: boolean },
  ): () => void
  /** The member publishes versions of its own record. @param options perSecond: the number of versions a second */
  floodRecords(name: string, options: { perSecond: number }): () => void
  /** The member answers probes, and neither sends nor forwards anything else. */
  withhold(name: string): () => void
}

export function createHostileFaults(world: World): HostileFaults {
  const { time, network, faultLog } = world

  const attack = (
    name: string,
    perSecond: number,
    factsOf: (member: SimulatedMember, round: number) => SignedFact[],
  ): (() => void) => {
    if (!(perSecond > 0 && perSecond <= 1_000))
      throw new InvalidSimulationError(`perSecond: ${perSecond} is no number from 0 to 1,000`)
    const member = world.member(name)
    faultLog.started(name)
    let isOver = false
    let round = 0
    const repeat = (): void => {
      if (isOver) return
      if (member.isRunning && !member.clock.isPaused) publish(member, factsOf(member, round++))
      time.after(1_000 / perSecond, repeat)
    }
    repeat()
    return () => {
      if (isOver) return
      isOver = true
      faultLog.ended(name, time.nowMs)
    }
  }

  const publish = (member: SimulatedMember, facts: readonly SignedFact[]): void => {
    if (facts.length === 0) return
    const rumor = encodeRumors(facts)
    member.gossip.of(undefined).publish(hash('sha256', rumor).slice(0, 20), rumor)
    const frame = encodeSync(syncMessage({ facts }))
    const transport = network.transportOf(member)
    for (const id of member.machine.overlay.connected()) transport.send(id, 'sync', frame)
  }

  return {
    lie: name =>
      attack(name, 1, member =>
        member.machine.table
          .advertised()
          .filter(({ id }) => id !== member.id)
          .map(({ id, record }) =>
            signed(member.id, {
              type: 'suspicion',
              subject: id,
              incarnation: record.record.incarnation,
              refused: true,
              epochMs: member.clock.now().epochMs,
            }),
          ),
      ),
    inventIdentities(name, { perSecond, introduced = true, refuting = false }) {
      const invented: string[] = []
      return attack(name, perSecond, (member, round) => {
        const id = memberIdFromKey(hash('sha256', `${name} invents ${round}`, 'buffer')) ?? ''
        const { epochMs } = member.clock.now()
        invented.push(id)
        world.invented += 1
        const refutations = refuting
          ? invented.flatMap(other => {
              const { suspicions, record } = member.machine.table.get(other) ?? {}
              if (!suspicions || !record) return []
              return [signed(other, inventedRecord(round, record.record.incarnation + 1))]
            })
          : []
        return [
          signed(id, inventedRecord(round, epochMs)),
          ...(introduced
            ? [signed(member.id, { type: 'introduction', subject: id, incarnation: epochMs } as const)]
            : []),
          ...refutations,
        ]
      })
    },
    floodRecords(name, { perSecond }) {
      const { incarnation = 0 } = world.member(name)
      return attack(name, perSecond, (_, round) => {
        const record = { ...firstRecord({ name, tags: {}, incarnation }), version: 1_000 + round }
        return [signed(world.member(name).id, { type: 'record', record })]
      })
    },
    withhold(name) {
      const member = world.member(name)
      member.isWithholding = true
      faultLog.started(name)
      return () => {
        member.isWithholding = false
        faultLog.ended(name, time.nowMs)
      }
    },
  }
}

function inventedRecord(round: number, incarnation: number): FactBody {
  const address = multiaddr(`/ip4/203.0.113.${round % 250}/tcp/4001`).bytes
  return {
    type: 'record',
    record: { ...firstRecord({ name: `invented ${round}`, tags: {}, incarnation }), addresses: [address] },
  }
}

function signed(author: string, body: FactBody): SignedFact {
  const draft = draftFact(author, body)
  return { ...draft, signature: signatureOf(author, signedBytes(simulatedTag, draft)) }
}
