import { afterEach, describe, expect, it } from 'vitest'
import { until } from '../../../../test/helpers/until.ts'
import {
  type Cluster,
  createAuthority,
  type JoinOptions,
  joinCluster,
  NotAllowedError,
  type Room,
} from '../../src/index.ts'

const members: Cluster[] = []
afterEach(async () => {
  await Promise.all(members.splice(0).map(member => member.leave()))
})

async function join(options: JoinOptions): Promise<Cluster> {
  const member = await joinCluster({ listen: ['/ip4/127.0.0.1/tcp/0'], mdns: false, ...options })
  members.push(member)
  return member
}

async function founded(cluster: string): Promise<Cluster> {
  const { key } = await createAuthority()
  return await join({ cluster, authority: key, name: 'founder' })
}

/** Joins with a ticket that gives these roles. */
async function withRoles(founder: Cluster, ...roles: string[]): Promise<Cluster> {
  const { ticket } = await founder.invite({ roles })
  return await join({ ticket })
}

const sees = (cluster: Cluster, count: number) =>
  until(cluster.members, all => all.filter(({ status }) => status === 'alive').length === count)

function untilText({ doc }: Room, text: string): Promise<void> {
  return new Promise(resolve => {
    const check = () => {
      if (doc.getText().toString() !== text) return
      doc.off('update', check)
      resolve()
    }
    doc.on('update', check)
    check()
  })
}

const editors = { writers: { role: 'editor' } }

describe('writers by role', { timeout: 60_000 }, () => {
  it('write configs and documents, and newcomers believe members that they never saw', async () => {
    const founder = await founded('by role')
    const editor = await withRoles(founder, 'editor')
    const guest = await withRoles(founder)
    const reader = await withRoles(founder, 'editor', 'reader')
    await Promise.all([founder, editor, guest, reader].map(each => sees(each, 4)))
    const configs = await Promise.all([editor, guest, reader].map(each => each.config('flags', editors)))
    const rooms = await Promise.all([editor, guest, reader].map(each => each.room('design', editors)))
    expect(configs.map(({ canWrite }) => canWrite)).toEqual([true, false, false])
    expect(rooms.map(({ canWrite }) => canWrite)).toEqual([true, false, false])
    await configs[0]?.set('color', 'red')
    await expect(configs[1]?.set('color', 'blue')).rejects.toThrow(NotAllowedError)
    await expect(configs[2]?.set('color', 'blue')).rejects.toThrow(NotAllowedError)
    rooms[0]?.doc.getText().insert(0, 'by an editor')
    await Promise.all(rooms.slice(1).map(room => untilText(room, 'by an editor')))
    await Promise.all(configs.slice(1).map(({ entries }) => until(entries, ({ color }) => color === 'red')))
    const refused = new Promise(resolve => rooms[1]?.provider.once('not-allowed', resolve))
    rooms[1]?.doc.getText().insert(0, 'by a guest ')
    expect(((await refused) as { error: Error }).error.message).toMatch(
      /the writers of the room, the members with the role 'editor'/,
    )
    await editor.leave()
    const late = await withRoles(founder)
    await untilText(await late.room('design', editors), 'by an editor')
    await until((await late.config('flags', editors)).entries, ({ color }) => color === 'red')
  })

  it('end with a revocation, and readers never write what the cluster shares', async () => {
    const founder = await founded('revoked writers')
    const editor = await withRoles(founder, 'editor')
    const reader = await withRoles(founder, 'reader')
    await Promise.all([founder, editor, reader].map(each => sees(each, 3)))
    const open = await Promise.all([founder, reader].map(each => each.config('open')))
    expect(open.map(({ canWrite }) => canWrite)).toEqual([true, false])
    await expect(open[1]?.set('color', 'blue')).rejects.toThrow(NotAllowedError)
    await open[0]?.set('color', 'red')
    await until(open[1]?.entries ?? open[0]?.entries ?? (undefined as never), ({ color }) => color === 'red')
    await expect(reader.broadcast('hello')).rejects.toThrow(NotAllowedError)
    const rooms = await Promise.all([founder, reader].map(each => each.room('notes')))
    expect(rooms.map(({ canWrite }) => canWrite)).toEqual([true, false])
    rooms[0]?.doc.getText().insert(0, 'a')
    await Promise.all(rooms.map(room => untilText(room, 'a')))
    const refused = new Promise(resolve => rooms[1]?.provider.once('not-allowed', resolve))
    rooms[1]?.doc.getText().insert(0, 'no')
    await refused
    rooms[0]?.doc.getText().insert(1, 'b')
    await untilText(rooms[1] as Room, 'noab')
    expect(rooms[0]?.doc.getText().toString()).toBe('ab')
    const config = await editor.config('flags', editors)
    expect(config.canWrite).toBe(true)
    await founder.revoke(editor.self.id)
    await until(editor.health, ({ grantsEnd }) => grantsEnd !== undefined)
    expect(config.canWrite).toBe(false)
    await expect(config.set('color', 'blue')).rejects.toThrow(NotAllowedError)
  })
})
