/**
 * Member link: the view of the running member, over several WebSockets in succession. The view outlives its sockets: while
 * none is open, the page shows the last state, and says so.
 */
import type { Cluster } from '@hearsay/core'
import { connectCluster, type Port } from '@hearsay/port'
import { useSyncExternalStore } from 'react'
import { type About, memberPaths } from './member-contract.ts'
import { webSocketPort } from './web-socket-port.ts'

export interface MemberLink {
  readonly isOpen: boolean
  /** When this state began, in epoch milliseconds. */
  readonly sinceMs: number
  /** Whether the page may change the member. */
  readonly isWritable: boolean
}

/** Our choice: the page shows a restarted member about as soon as its user looks at the page. */
const retryMs = 1_000

const listeners = new Set<() => void>()
let link: MemberLink = { isOpen: false, sinceMs: Date.now(), isWritable: false }

function changed(isOpen: boolean, isWritable = link.isWritable): void {
  if (isOpen === link.isOpen && isWritable === link.isWritable) return
  link = { isOpen, sinceMs: Date.now(), isWritable }
  for (const listener of listeners) listener()
}

export const useMemberLink = (): MemberLink =>
  useSyncExternalStore(
    listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => link,
  )

/** Resolves with the view when the page is connected to the member. The page never leaves by itself. */
export const connectMember = (): Promise<Cluster> => connectCluster(openPort)

/** Lets the member leave its cluster and end. @throws {Error} with the reason */
export async function leaveMember(): Promise<void> {
  const headers = { 'Content-Type': 'application/json' }
  const answer = await fetch(memberPaths.leave, { method: 'POST', headers })
  if (!answer.ok) throw new Error(await answer.text())
}

/** Tries again until a socket is open. */
async function openPort(): Promise<Port> {
  for (;;) {
    const about = await readAbout()
    const socket = about && (await opened(new WebSocket(memberPaths.view)))
    if (socket) {
      socket.addEventListener('close', () => changed(false))
      changed(true, about.isWritable)
      return webSocketPort(socket)
    }
    changed(false)
    await new Promise(resolve => setTimeout(resolve, retryMs))
  }
}

async function readAbout(): Promise<About | undefined> {
  try {
    const answer = await fetch(memberPaths.about)
    return answer.ok ? ((await answer.json()) as About) : undefined
  } catch {
    return undefined
  }
}

function opened(socket: WebSocket): Promise<WebSocket | undefined> {
  return new Promise(resolve => {
    socket.addEventListener('open', () => resolve(socket), { once: true })
    socket.addEventListener('close', () => resolve(undefined), { once: true })
  })
}
