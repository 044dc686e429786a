/** Upgrades: members of this version and of an earlier build form one cluster, and an update keeps the stored data. */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Cluster, type JoinOptions, joinCluster } from '@hearsay/core'
import { beforeAll, expect, it, onTestFinished, type TestContext } from 'vitest'
import { until } from '../helpers/until.ts'
import { previousBuild } from './previous-build.ts'

type Join = (options: JoinOptions) => Promise<Cluster>

let joinPrevious: Join | undefined
let reason: string | undefined

beforeAll(async () => {
  const build = await previousBuild()
  reason = build.reason
  if (build.entry !== undefined) joinPrevious = (await import(build.entry)).joinCluster
  else console.warn(`LEFT OUT: the tests with the previous build, which could not be built: ${reason}`)
}, 600_000)

function previous({ skip }: TestContext): Join {
  return joinPrevious ?? skip(`the previous build could not be built: ${reason}`)
}

const secret = 'a secret of the test, long enough'

async function start(join: Join, options: JoinOptions): Promise<Cluster> {
  const cluster = await join({ secret, mdns: false, listen: ['/ip4/127.0.0.1/tcp/0'], ...options })
  onTestFinished(() => cluster.leave())
  return cluster
}

const sees = (cluster: Cluster, name: string, status: string) =>
  until(cluster.members, all => all.some(member => member.name === name && member.status === status))

it('members of both builds see each other, share a config and a room, and see each other leave', async context => {
  const name = randomUUID()
  const ada = await start(previous(context), { cluster: name, name: 'ada' })
  const bootstrap = ada.self.addresses
  const bob = await start(joinCluster, { cluster: name, name: 'bob', bootstrap })
  const cyd = await start(previous(context), { cluster: name, name: 'cyd', bootstrap: bob.self.addresses })
  const names = ['ada', 'bob', 'cyd']
  await Promise.all([ada, bob, cyd].flatMap(each => names.map(name => sees(each, name, 'alive'))))

  const configs = await Promise.all([ada, bob, cyd].map(each => each.config('flags')))
  const [first, second, third] = configs
  if (!first || !second || !third) throw new Error('a config is missing')
  await second.set('color', 'red')
  await Promise.all([first, third].map(each => until(each.entries, values => values['color'] === 'red')))
  await third.set('shape', 'round')
  await until(second.entries, values => values['shape'] === 'round')

  const rooms = await Promise.all([ada, bob].map(each => each.room('desk')))
  const [old, young] = rooms
  old?.doc.getText('text').insert(0, 'of the earlier build')
  const text = young?.doc.getText('text')
  await new Promise<void>(resolve => {
    const look = () => String(text) === 'of the earlier build' && resolve()
    text?.observe(look)
    look()
  })

  await bob.leave()
  await Promise.all([ada, cyd].map(each => sees(each, 'bob', 'left')))
})

it('an updated member keeps its id and its data', async context => {
  const storage = mkdtempSync(join(tmpdir(), 'hearsay-upgrade-'))
  onTestFinished(() => rmSync(storage, { recursive: true }))
  const name = randomUUID()
  const before = await start(previous(context), { cluster: name, name: 'ada', storage })
  await (await before.config('flags')).set('color', 'red')
  await before.leave()
  const after = await start(joinCluster, { cluster: name, name: 'ada', storage })
  expect(after.self.id).toBe(before.self.id)
  expect((await after.config('flags')).get('color')).toBe('red')
})
