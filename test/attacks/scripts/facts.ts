/** Attacks with facts of the attacker's own: suspicions, versions of its record, and facts that are wrong. */

import { clusterKeys, rumorTopic } from '../../../packages/core/src/wire/cluster-keys.ts'
import { encodeRumors, encodeSync, syncMessage } from '../../../packages/core/src/wire/codec.ts'
import { clusterTag } from '../../../packages/core/src/wire/tags.ts'
import { Identity } from '../identity.ts'
import { atRate, attackingPeer, entries, type Script } from './script.ts'

/** Suspects every honest member, again and again. */
export const liar: Script = async context => {
  const { order, count } = context
  const targets = entries(context)
  const peer = await attackingPeer(context, targets)
  context.begin()
  await atRate(10, async () => {
    for (const subject of order.targets) {
      // Each refutation raises the incarnation of the subject. A lying member could read the new incarnation from a record.
      // This member guesses the next three incarnations instead.
      for (const ahead of [0, 1, 2, 3]) {
        const incarnation = subject.incarnation + ahead
        const body = {
          type: 'suspicion',
          subject: subject.id,
          incarnation,
          refused: true,
          epochMs: Date.now(),
        } as const
        const fact = await peer.identity.fact(body)
        for (const target of targets) if (await peer.sendFacts(target, [fact])) count('sent')
      }
    }
  })
}

/** New versions of the attacker's own record, as fast as the members read them. */
export const recordVersions: Script = async context => {
  const targets = entries(context)
  const peer = await attackingPeer(context, targets)
  context.begin()
  await atRate(250, async index => {
    const fact = await peer.identity.record({ name: 'attacker', version: index + 1 })
    for (const target of targets) if (await peer.sendFacts(target, [fact])) context.count('sent')
  })
}

/** Wrong signatures, facts of another cluster, unreadable bytes, and frames over the limit. A new identity each time. */
export const garbage: Script = async context => {
  const { order, count } = context
  const topic = rumorTopic(clusterKeys(order.credentials.cluster, order.credentials.secret))
  const [target] = entries(context)
  if (!target) return
  context.begin()
  await atRate(20, async index => {
    const peer = await attackingPeer(context, [target])
    const honest = await Identity.create(clusterTag('another cluster'))
    const fact = await honest.record({ name: 'forged' })
    const forged = { ...fact, author: target.id }
    const frames = [
      () => peer.sendFacts(target, [fact]),
      () => peer.sendFacts(target, [forged]),
      () => peer.publish(target, topic, encodeRumors([forged])),
      () => peer.publish(target, topic, crypto.getRandomValues(new Uint8Array(60_000))),
      () => peer.send(target, 'sync', crypto.getRandomValues(new Uint8Array(1_000))),
      () => peer.send(target, 'probe', new Uint8Array(2_000_000)),
      () => peer.send(target, 'space', encodeSync(syncMessage({ facts: [fact] }))),
    ]
    for (let turn = 0; turn < 10; turn++) if (await frames[(index + turn) % frames.length]?.()) count('sent')
    await peer.node.stop()
  })
}
