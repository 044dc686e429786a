/** Learned bytes: what the bytes that a stranger received contain. */
import { clusterKeys, rumorTopic, spaceTopic } from '../../packages/core/src/wire/cluster-keys.ts'
import { clusterTag, spaceTag } from '../../packages/core/src/wire/tags.ts'
import type { AttackOrder } from './attack-order.ts'
import { roomName } from './honest-state.ts'

/** Matches texts of six or more printable characters: shorter ones occur by chance. */
const textPattern = /[\x20-\x7e]{6,}/g

/** The values of the cluster, and the names and addresses of members, that occur in the bytes. */
export function confidentialIn(
  bytes: Buffer,
  { credentials: { cluster, secret }, targets }: Pick<AttackOrder, 'credentials' | 'targets'>,
): Buffer[] {
  const tag = clusterTag(cluster)
  const room = spaceTag(tag, 'room', roomName)
  const keys = clusterKeys(cluster, secret)
  const topics = [rumorTopic(keys), spaceTopic(keys, room), keys.discovery]
  const own = targets.flatMap(({ name, address }) => [name, address])
  const texts = [cluster, secret ?? '', roomName, room, ...topics, ...own].map(text => Buffer.from(text))
  const values = [...texts, ...[tag, keys.admission, keys.topics].map(key => Buffer.from(key))]
  return values.filter(each => each.length > 0 && bytes.includes(each))
}

/** All texts of six or more characters. */
export function textsIn(bytes: Buffer): string[] {
  return [...new Set(bytes.toString('latin1').match(textPattern))].sort()
}
