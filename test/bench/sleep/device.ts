/**
 * Device: one member as its own process, in a room. Argument: its options as JSON.
 *
 * Prints a line for each event, each change of a member and each presence of another member, with the time of the machine's
 * clock. Obeys the lines of its stdin: `suspend`, `resume`, `set` with a number, `leave`.
 */
import { createInterface } from 'node:readline'
import { type ClusterEventType, joinCluster } from '@hearsay/core'

/** A line that the device prints. */
export type Line = { readonly atMs: number } & (
  | { readonly type: 'event'; readonly event: ClusterEventType; readonly name: string }
  | { readonly type: 'members'; readonly members: readonly Seen[] }
  | { readonly type: 'presence'; readonly id: string; readonly value: number }
)

export interface Seen {
  readonly id: string
  readonly name: string
  readonly incarnation: number
  readonly status: string
  readonly attention: string
}

type WithoutTime<T> = T extends unknown ? Omit<T, 'atMs'> : never

const print = (line: WithoutTime<Line>) => console.log(JSON.stringify({ atMs: Date.now(), ...line }))

const cluster = await joinCluster(JSON.parse(process.argv[2] ?? '{}'))
const room = await cluster.room<{ value: number }>('sleep')
for (const event of ['join', 'suspect', 'recover', 'fail', 'leave'] as const)
  cluster.events.addEventListener(event, ({ detail: { name } }) => print({ type: 'event', event, name }))

const show = () =>
  print({
    type: 'members',
    members: cluster.members.getSnapshot().map(({ id, name, incarnation, status, attention }) => ({
      id,
      name,
      incarnation,
      status,
      attention: attention.state,
    })),
  })
cluster.members.subscribe(show)
show()
const values = new Map<string, number>()
room.presence.others.subscribe(() => {
  for (const { id, presence } of room.presence.others.getSnapshot()) {
    const { value } = presence
    if (value === undefined || values.get(id) === value) continue
    values.set(id, value)
    print({ type: 'presence', id, value })
  }
})
room.presence.set({ value: 0 })

createInterface({ input: process.stdin }).on('line', async line => {
  const [command, value] = line.split(' ')
  switch (command) {
    case 'suspend':
      return cluster.suspend()
    case 'resume':
      return cluster.resume()
    case 'set':
      return room.presence.set({ value: Number(value) })
    case 'leave':
      await cluster.leave()
      process.exit()
  }
})
