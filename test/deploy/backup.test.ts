/** Backup: what a member is whose storage was replaced by an older copy. */
import { randomUUID } from 'node:crypto'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Cluster, type JoinOptions, joinCluster } from '@hearsay/core'
import { expect, it, onTestFinished } from 'vitest'
import { until } from '../helpers/until.ts'

async function start(options: JoinOptions): Promise<Cluster> {
  const cluster = await joinCluster({ mdns: false, listen: ['/ip4/127.0.0.1/tcp/0'], ...options })
  onTestFinished(() => cluster.leave())
  return cluster
}

it('a member with a restored backup keeps its id, receives what is newer, and undoes nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hearsay-backup-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const [storage, backup] = [join(folder, 'storage'), join(folder, 'backup')]
  const cluster = randomUUID()
  const bob = await start({ cluster, name: 'bob' })
  const config = await bob.config('flags')
  const room = await bob.room('desk')
  const text = room.doc.getText('text')
  const startAda = () => start({ cluster, name: 'ada', storage, bootstrap: bob.self.addresses })

  const first = await startAda()
  const firstText = (await first.room('desk')).doc.getText('text')
  firstText.insert(0, 'one two')
  const flags = await first.config('flags')
  await flags.set('color', 'red')
  await flags.set('shape', 'round')
  await until(config.entries, values => values['shape'] === 'round')
  await until(storeOf(text), value => value === 'one two')
  await first.leave()
  cpSync(storage, backup, { recursive: true })

  const second = await startAda()
  const secondFlags = await second.config('flags')
  await secondFlags.set('color', 'blue')
  await secondFlags.delete('shape')
  await until(config.entries, values => values['color'] === 'blue' && !('shape' in values))
  text.delete(0, 4)
  await second.leave()
  rmSync(storage, { recursive: true })
  cpSync(backup, storage, { recursive: true })

  const third = await startAda()
  expect(third.self.id).toBe(first.self.id)
  const [thirdFlags, thirdRoom] = [await third.config('flags'), await third.room('desk')]
  await until(thirdFlags.entries, values => values['color'] === 'blue' && !('shape' in values))
  await until(storeOf(thirdRoom.doc.getText('text')), value => value === 'two')
  expect(config.get('color')).toBe('blue')
  expect(text.toString()).toBe('two')
  await until(bob.members, all => all.some(({ name, status }) => name === 'ada' && status === 'alive'))
  expect(third.self.incarnation).toBeGreaterThan(second.self.incarnation)
})

/** A text as a store. */
function storeOf(text: {
  toString(): string
  observe(f: () => void): void
  unobserve(f: () => void): void
}): {
  getSnapshot(): string
  subscribe(listener: () => void): () => void
} {
  return {
    getSnapshot: () => text.toString(),
    subscribe(listener) {
      text.observe(listener)
      return () => text.unobserve(listener)
    },
  }
}
