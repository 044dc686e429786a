/**
 * Served connection: one connection to a control socket, on the member's side.
 *
 * The member disconnects a client whose first message is late or unknown to this version.
 */
import type { Socket } from 'node:net'
import type { Cluster } from '@hearsay/core'
import type { Port } from '../channel.ts'
import type { Allow } from '../served/rights.ts'
import { socketPort } from '../socket-port.ts'
import {
  type ControlState,
  controlVersion,
  type Greeting,
  type Opening,
  openingOf,
  type SentRecord,
} from './control-protocol.ts'
import { followLog } from './follow-log.ts'
import { type LogLevel, logLevels } from './log-levels.ts'
import { firstMessage } from './opened-port.ts'

/** Our choice: a client on the same machine sends its first message at once, unless the machine is very busy. */
const openingTimeoutMs = 10_000
/** Our choice: some thousand lines. A client that reads more slowly misses the newest. */
const maxUnsentBytes = 1_048_576

export function serveConnection(cluster: Cluster, socket: Socket, allow: Allow): void {
  const port = socketPort(socket)
  const timeout = setTimeout(() => socket.destroy(), openingTimeoutMs)
  timeout.unref()
  socket.once('close', () => clearTimeout(timeout))
  firstMessage(port, (message, opened) => {
    clearTimeout(timeout)
    const opening = openingOf(message)
    if (!opening) socket.destroy()
    else void open(cluster, socket, opened, opening, allow).catch(() => socket.destroy())
  })
}

async function open(
  cluster: Cluster,
  socket: Socket,
  port: Port,
  opening: Opening,
  allow: Allow,
): Promise<void> {
  // Loaded with the first view, because it needs Yjs: most members are never asked. The client waits for the greeting.
  const { serveCluster } = opening.open === 'view' ? await import('../serve-cluster.ts') : {}
  if (socket.destroyed) return
  const { id, name } = cluster.self
  port.postMessage({
    control: controlVersion,
    cluster: cluster.name,
    id,
    name,
    pid: process.pid,
    state: stateOf(cluster),
  } satisfies Greeting)
  // The client reads the version in the greeting and reports that it differs.
  if (opening.control !== controlVersion) socket.end()
  else if (opening.open === 'view')
    serveCluster?.(cluster, port, {
      // A client runs as the user of the member, and could read its ticket as well.
      allow: { invitations: true, ...allow, leave: opening.mayLeave && allow.leave !== false },
    })
  else if (opening.open === 'log' && logLevels.includes(opening.level)) sendLog(socket, port, opening.level)
  else socket.end()
}

function stateOf({ self, health }: Cluster): ControlState {
  if (self.status === 'left') return 'left'
  return health.getSnapshot().grantsEnd === undefined ? 'present' : 'excluded'
}

/** Sends the log of this process until the client closes the connection. */
function sendLog(socket: Socket, port: Port, level: LogLevel): void {
  let dropped = 0
  const stop = followLog(level, record => {
    if (socket.writableLength > maxUnsentBytes) dropped += 1
    else {
      port.postMessage({ record, dropped } satisfies SentRecord)
      dropped = 0
    }
  })
  socket.once('close', stop)
}
