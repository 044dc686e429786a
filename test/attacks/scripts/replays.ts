/** Replays: sends the recorded leave of an honest member again, although the member has returned since. */
import { clusterKeys, rumorTopic } from '../../../packages/core/src/wire/cluster-keys.ts'
import {
  decodeRumors,
  decodeSync,
  encodeRumors,
  encodeSync,
  syncMessage,
} from '../../../packages/core/src/wire/codec.ts'
import type { SignedFact } from '../../../packages/core/src/wire/fact.ts'
import { publishedData } from '../gossip-rpc.ts'
import { RawPeer } from '../raw-peer.ts'
import { atRate, attackingPeer, entries, type Script } from './script.ts'

/** Sends the recorded leave record to all members, the returned one included, directly and as a rumor. */
export const replayedLeave: Script = async context => {
  const { order, count } = context
  const recorded = decodeSync(Buffer.from(order.recorded, 'base64'))
  const [leave] = (recorded.ok && recorded.value?.facts) || []
  if (!leave) throw new Error('no leave was recorded')
  const topic = rumorTopic(clusterKeys(order.credentials.cluster, order.credentials.secret))
  const peer = await attackingPeer(context, entries(context))
  context.begin()
  // Our choice: once a second, because a stranger dials each member for each replay.
  await atRate(1, async index => {
    // Add another fact, because a member drops a message that it has seen.
    const own = await peer.identity.record({ name: 'attacker', version: index + 1 })
    for (const target of order.targets) {
      if (await peer.sendFacts(target, [leave])) count('sent')
      await peer.publish(target, topic, encodeRumors([leave, own]))
    }
  })
}

/**
 * Joins as a member, and records the leave record of the first target. The script ends when it has recorded
 * one.
 */
export const recordLeave: Script = async ({ order, begin, learn }) => {
  const [target] = order.targets
  if (!target) throw new Error('there is no member to listen to')
  const topic = rumorTopic(clusterKeys(order.credentials.cluster, order.credentials.secret))
  const { promise: leave, resolve } = Promise.withResolvers<SignedFact>()
  const peer = await RawPeer.create(order.credentials, {
    onFrame: (_, route, frame) => {
      const facts = factsIn(route === 'rumors' ? publishedData(frame, topic) : [frame], route)
      for (const fact of facts)
        if (fact.type === 'record' && fact.author === target.id && fact.record.leaving) resolve(fact)
    },
  })
  if (!(await peer.join(target))) throw new Error('the recorder was not admitted')
  begin()
  learn([Buffer.from(encodeSync(syncMessage({ facts: [await leave] }))).toString('base64')])
}

function factsIn(messages: readonly Uint8Array[], route: string): readonly SignedFact[] {
  return messages.flatMap(message => {
    if (route === 'rumors') {
      const rumors = decodeRumors(message)
      return rumors.ok ? rumors.value : []
    }
    const sync = route === 'sync' ? decodeSync(message) : undefined
    return sync?.ok ? (sync.value?.facts ?? []) : []
  })
}
