/**
 * How long the local member takes to process a change of a member: in the list of members, and in each of its
 * rooms.
 */
import { MemberView } from '../dist/member/member-view.js'
import { RoomReplica } from '../dist/rooms/room-replica.js'
import { Spaces } from '../dist/spaces/spaces.js'
import type { RecordFact } from '../dist/table/row.js'

const now = { monotonicMs: 0, epochMs: 1_800_000_000_000 }

/** Microseconds of CPU time per call, in the fastest of several rounds. */
function cpuMicros(calls: number, act: (i: number) => void): string {
  let least = Number.POSITIVE_INFINITY
  for (let round = 0; round < 7; round += 1) {
    const before = process.cpuUsage()
    for (let i = 0; i < calls; i += 1) act(i)
    const { user, system } = process.cpuUsage(before)
    least = Math.min(least, (user + system) / calls)
  }
  return least.toFixed(2)
}

function recordOf(author: string, version: number): RecordFact {
  const record = {
    name: author,
    tags: {},
    incarnation: 1,
    version,
    addresses: [],
    spaces: [],
    leaving: false,
  }
  return { type: 'record', author, record } as unknown as RecordFact
}

const idOf = (i: number): string => `12D3KooW${(i * 7_919) % 100_003}${i}`

for (const members of [100, 1_000, 10_000]) {
  const membership = new MemberView('self')
  for (let i = 0; i < members; i += 1) membership.observe(recordOf(idOf(i), 1), 'alive', 0, 0)
  membership.snapshot()
  let version = 1
  const change = (i: number) => {
    version += 1
    membership.observe(recordOf(idOf(i % members), version), 'alive', 0, 0)
  }
  const alone = cpuMicros(500, change)
  const read = cpuMicros(500, i => {
    change(i)
    membership.snapshot()
  })
  console.log(`${members} members: a change ${alone} µs, and the list after it ${read} µs`)
}

for (const rooms of [1, 16, 256]) {
  const entries = Array.from({ length: rooms }, (_, i) => ({ space: `room ${i}`, generation: 1 }))
  const members = new Map(
    Array.from({ length: 1_000 }, (_, i) => [
      idOf(i),
      { status: 'alive' as const, wasAlive: true, spaces: i < 10 ? entries.slice(0, 1) : [] },
    ]),
  )
  const view = {
    self: 'self',
    connected: () => [],
    isNeighbour: () => false,
    isSettled: () => true,
    isReconnecting: () => false,
    memberIds: () => [...members.keys()],
    member: (id: string) => members.get(id),
  }
  const spaces = new Spaces({ view, random: Math.random, maxDeltaBytes: 49_152 }, 0)
  for (const { space } of entries) {
    const content: RoomReplica = new RoomReplica({
      self: 'self',
      spaceRoster: {
        of: id => {
          const member = members.get(id)
          const generation = member?.spaces.find(entry => entry.space === space)?.generation
          return member && { status: member.status, wasAlive: member.wasAlive, generation }
        },
      },
      others: () => spaces.members.othersIn(space),
      suspects: () => spaces.members.suspectsIn(space),
      listener: {
        presenceChanged() {},
        eventArrived() {},
        carriedChanged() {},
        unreachable: () => new Set(),
      },
    })
    spaces.enter(space, content, 1, now)
  }
  const elsewhere = cpuMicros(500, i => spaces.memberChanged(idOf(10 + (i % 900)), now))
  const here = cpuMicros(500, i => spaces.memberChanged(idOf(i % 10), now))
  console.log(`in ${rooms} rooms: a member elsewhere changes ${elsewhere} µs, one in a room ${here} µs`)
}
