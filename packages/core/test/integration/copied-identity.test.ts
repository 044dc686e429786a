import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join as pathOf } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { until } from '../../../../test/helpers/until.ts'
import type { Cluster } from '../../src/api/cluster.ts'
import { join, joinMany, leaveAll, listenTo, next, untilAllSee } from './members.ts'

let folder: string | undefined

afterEach(async () => {
  await leaveAll()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

/** Resolves when a cluster reports that its identity is copied. */
function noticed(cluster: Cluster): Promise<void> {
  return new Promise(resolve => {
    cluster.events.addEventListener('identity', ({ detail }) => detail.copied && resolve())
  })
}

it('two members on copies of one storage report it, suspect no healthy member, and one stays when the other leaves', {
  timeout: 60_000,
}, async () => {
  folder = mkdtempSync(pathOf(tmpdir(), 'hearsay-copied-'))
  const [storage, copied] = [pathOf(folder, 'original'), pathOf(folder, 'copy')]
  const members = await joinMany('copied', 4)
  const [first] = members
  const options = { cluster: 'copied', bootstrap: first.self.addresses }
  const before = await join({ ...options, name: 'original', storage })
  await untilAllSee(members, 5)
  await before.leave()
  cpSync(storage, copied, { recursive: true })

  const back = Promise.all(members.map(member => next(member, 'join')))
  const original = await join({ ...options, name: 'original', storage })
  await back
  const all = [...members, original]
  const received = all.map(listenTo)
  const isNoticedByOriginal = noticed(original)
  const copy = await join({ ...options, name: 'copy', storage: copied })
  received.push(listenTo(copy))
  const both = [original, copy]
  await Promise.all([isNoticedByOriginal, copy.health.getSnapshot().identityCopied || noticed(copy)])
  expect(copy.self.id).toBe(original.self.id)
  for (const cluster of both) {
    const { facts, hint } = await cluster.explain(cluster.self.id)
    expect([facts[0], hint].join()).toMatch(/same identity.*storage/)
  }
  expect(both.map(({ self }) => self.name)).toEqual(['original', 'copy'])

  await copy.leave()
  const { id } = original.self
  const isBack = members.map(({ members: store }) =>
    until(store, list =>
      list.some(each => each.id === id && each.status === 'alive' && each.name === 'original'),
    ),
  )
  await Promise.all(isBack)
  const falseSuspicions = received
    .flat()
    .filter(({ type, name }) => /^m\d/.test(name) && /suspect|fail/.test(type))
  expect(falseSuspicions).toEqual([])
})
