import { afterEach, expect, it, vi } from 'vitest'
import { RawPeer, type Target } from '../../../../test/attacks/raw-peer.ts'
import { encodeSpaceFrame } from '../../src/wire/space-codec.ts'
import { spaceTag } from '../../src/wire/tags.ts'
import { join, leaveAll } from './members.ts'

afterEach(leaveAll)

const credentials = { cluster: 'replayed', secret: 'a secret of the test' }
const factsOfFrame = 3_000
/** 16 times as many facts as a peer may repeat at once. */
const maxFrames = 175

it('a member disconnects a peer that repeats the facts of a config without end', {
  timeout: 60_000,
}, async () => {
  const member = await join({ ...credentials, name: 'member' })
  const config = await member.config('settings')
  const { id, name, addresses, incarnation } = member.self
  const target: Target = { id, name, address: addresses[0] ?? '', incarnation }
  const peer = await RawPeer.create(credentials)
  await peer.join(target)
  const space = spaceTag(peer.tag, 'config', 'settings')
  const entry = { key: 'colour', value: 'green', epochMs: Date.now(), count: 1, replaces: undefined }
  const fact = await peer.identity.spaceFact(space, { type: 'entry', ...entry })
  await peer.send(target, 'space', encodeSpaceFrame([{ space, facts: [fact] }]))
  await vi.waitUntil(() => config.entries.getSnapshot()['colour'] === 'green', 10_000)

  const frame = encodeSpaceFrame([{ space, facts: Array.from({ length: factsOfFrame }, () => fact) }])
  let frames = 0
  while (peer.isConnected(id) && frames < maxFrames) {
    await peer.send(target, 'space', frame)
    frames += 1
  }
  await vi.waitUntil(() => !peer.isConnected(id), 10_000)
  expect(member.health.getSnapshot().limited).toBeGreaterThan(0)
  expect(config.entries.getSnapshot()['colour']).toBe('green')
  await peer.node.stop()
})
