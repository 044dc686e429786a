/** `hearsay presence`: enters one room, through a running member or as a new one, and shows the members there. */
import type { Cluster, Room } from '@hearsay/core'
import { openMember } from '../attach/open-cluster.ts'
import { jsonLines } from '../join/json-lines.ts'
import { asUsageError } from '../member/as-usage-error.ts'
import { failsWithMember, leaveWithin, stopRequested } from '../member/lifecycle.ts'
import { quitKeyPressed } from '../terminal/keys.ts'
import { endProcess, neverWaitForReader, outputClosed, printError } from '../terminal/output.ts'
import { jsonRenderer } from './json-renderer.ts'
import type { PresenceFlags } from './options.ts'
import type { Occupant, Renderer } from './renderer.ts'

export async function presence(
  cluster: string,
  name: string,
  { set, ...flags }: PresenceFlags,
): Promise<void> {
  const stop = Promise.race([stopRequested(), outputClosed()])
  const opened = await Promise.race([openMember(cluster, flags), stop])
  if (opened) {
    const { cluster: member } = opened
    try {
      const room = await asUsageError(member.room(name))
      if (set) await asUsageError((async () => room.presence.set(set))())
      const renderer = await createRenderer(member, room, flags.json)
      followRoom(member, room, renderer)
      await Promise.race([stop, quitKeyPressed(), failsWithMember(member)]).finally(renderer.close)
      const { admissionError } = member.health.getSnapshot()
      if (admissionError !== undefined) printError(admissionError)
    } finally {
      await leaveWithin(member)
    }
  }
  await endProcess(0)
}

async function createRenderer(member: Cluster, room: Room, json: true | undefined): Promise<Renderer> {
  if (json) {
    jsonLines.ready(member)
    return jsonRenderer
  }
  if (process.stdout.isTTY) {
    const { liveRenderer } = await import('./live-renderer.ts')
    return liveRenderer(room.name, () => occupantsOf(member, room))
  }
  const [{ log }, { plainRenderer }] = await Promise.all([
    import('../join/log.ts'),
    import('./plain-renderer.ts'),
  ])
  log.ready(member)
  return plainRenderer
}

/** Reports each member that is in the room already, then each change. */
function followRoom(member: Cluster, room: Room, renderer: Renderer): void {
  const reported = new Map<string, Occupant>()
  const print = neverWaitForReader()
  const look = (id: string, fields: readonly string[]) => {
    const other = room.presence.others.getSnapshot().find(each => each.id === id)
    const before = reported.get(id)
    if (other) {
      const occupant = occupantOf(member, id, other.presence)
      reported.set(id, occupant)
      print(() => renderer.changed({ event: before ? 'update' : 'enter', occupant, fields }))
    } else if (before) {
      reported.delete(id)
      print(() => renderer.changed({ event: 'leave', occupant: before, fields }))
    }
  }
  for (const { id, presence } of room.presence.others.getSnapshot()) look(id, Object.keys(presence))
  room.presence.events.addEventListener('update', ({ detail: { id, fields } }) => look(id, fields))
}

/** The local member first. */
function occupantsOf(member: Cluster, room: Room): Occupant[] {
  const others = room.presence.others.getSnapshot()
  return [
    occupantOf(member, member.self.id, room.presence.own.getSnapshot()),
    ...others.map(({ id, presence }) => occupantOf(member, id, presence)),
  ]
}

function occupantOf({ self, members }: Cluster, id: string, presence: object): Occupant {
  const name = members.getSnapshot().find(member => member.id === id)?.name ?? ''
  return { id, name, presence: { ...presence }, isSelf: id === self.id }
}
