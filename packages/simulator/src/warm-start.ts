/**
 * Warm start: starts a cluster as if it had run for long, without the time that joining takes.
 *
 * Every member knows the first record of every other member, and every connection that the rings require is
 * open. The simulation stores the state that all members share only once.
 */
import {
  draftFact,
  firstIncarnation,
  firstRecord,
  MembershipMachine,
  type SignedFact,
  signedBytes,
} from '@hearsay/core/host'
import { multiaddr } from '@multiformats/multiaddr'
import { simulatedId } from './simulated-keys.ts'
import type { SimulatedMember } from './simulated-member.ts'
import { simulatedTag, type WarmStart } from './simulated-process.ts'
import { signatureOf } from './simulated-signature.ts'
import type { World } from './world.ts'

/** Adds `count` members and starts them. */
export function startWarm(world: World, count: number): void {
  const members = Array.from({ length: count }, (_, i) => world.add(i === 0 ? [] : ['m0']))
  const warmStart = knowledgeOf(world, members)
  for (const member of members) world.start(member, warmStart)
  for (const member of members)
    for (const id of member.machine.overlay.neighbours(member.clock.now().monotonicMs)) {
      const other = world.network.directory.memberOf(id)
      if (other) world.network.join(member, other)
    }
}

function knowledgeOf(world: World, members: readonly SimulatedMember[]): WarmStart {
  const { seed, profile = 'lan', tuning = {} } = world.options
  const onlooker = simulatedId(seed, 'an onlooker')
  const now = { monotonicMs: world.time.nowMs, epochMs: firstEpochMs(members) }
  const record = firstRecord({ name: 'an onlooker', tags: {}, incarnation: now.epochMs })
  const random = world.random('onlooker')
  const prior = new MembershipMachine(
    { ...tuning, standing: 'assumed', self: onlooker, record, bootstrap: [], profile, random },
    now,
  )
  prior.handle({ type: 'rumors', facts: members.map(firstFacts) }, now)
  const addresses = new Map(members.map(({ id, address }) => [id, [multiaddr(address).bytes]]))
  return { prior, addresses }
}

/** The facts that a member's process publishes when it starts. */
function firstFacts({ id, name, address, clock }: SimulatedMember): SignedFact {
  const incarnation = firstIncarnation(undefined, clock.now().epochMs, () => 0)
  const record = {
    ...firstRecord({ name, tags: {}, incarnation }),
    version: 2,
    addresses: [multiaddr(address).bytes],
  }
  const draft = draftFact(id, { type: 'record', record })
  return { ...draft, signature: signatureOf(id, signedBytes(simulatedTag, draft)) }
}

function firstEpochMs(members: readonly SimulatedMember[]): number {
  return members[0]?.clock.now().epochMs ?? 0
}
