/** Control connection: one connection to a control socket, on the client's side. */
import { connect } from 'node:net'
import { InvalidOptionsError } from '@hearsay/core/app'
import type { Port } from '../channel.ts'
import { socketPort } from '../socket-port.ts'
import { removeSocket, socketAt } from './control-folder.ts'
import { type ControlMember, controlVersion, greetingOf, type Opened } from './control-protocol.ts'
import { firstMessage } from './opened-port.ts'

/** Our choice: a person still waits. On a machine with a load of 25, an answer took more than 2 s. */
const greetingTimeoutMs = 5_000

/**
 * Why no member has answered. `gone`: nobody listens; `silent`: the member does not answer; `full`: it has too many
 * connections; `forbidden`: its socket belongs to another user.
 */
export type Unanswered = 'gone' | 'silent' | 'full' | 'forbidden'

export interface Connection {
  readonly member: ControlMember
  /** Carries the messages of the opened view or log. Already started. */
  readonly port: Port
  close(): void
}

/**
 * Connects to the socket at this path. Removes the socket if its process has ended.
 *
 * @param hurried when it aborts, a member that has not answered yet counts as silent
 * @param received called with each message after the greeting
 * @throws {InvalidOptionsError} the member has another version of this package
 */
export async function openControl(
  path: string,
  opened: Opened,
  hurried: AbortSignal,
  received?: (message: unknown) => void,
): Promise<Connection | Unanswered> {
  const found = await socketAt(path)
  return new Promise((resolve, reject) => {
    const socket = connect(path)
    const port = socketPort(socket)
    const giveUp = () => {
      socket.destroy()
      resolve('silent')
    }
    const timeout = setTimeout(giveUp, greetingTimeoutMs)
    hurried.addEventListener('abort', giveUp)
    const answered = () => {
      clearTimeout(timeout)
      hurried.removeEventListener('abort', giveUp)
    }
    let failure: string | undefined
    socket.once('error', ({ code }: NodeJS.ErrnoException) => {
      failure = code
    })
    socket.once('close', async () => {
      answered()
      // A member's socket listens before it has this name, so the process has ended. A command ends after this call.
      if (failure === 'ECONNREFUSED') await removeSocket(path, found).catch(() => {})
      resolve(reasonOf(failure))
    })
    firstMessage(port, (message, open) => {
      answered()
      const { control, ...member } = greetingOf(message) ?? {}
      if (control !== controlVersion) {
        socket.destroy()
        reject(
          new InvalidOptionsError(
            `control: the member at ${path} has another version of @hearsay/port. Use the same version on both sides`,
          ),
        )
        return
      }
      if (received) open.addEventListener?.('message', event => received((event as MessageEvent).data))
      const close = () => void socket.destroy()
      resolve({ member: { ...(member as Omit<ControlMember, 'path'>), path }, port: open, close })
    })
    port.postMessage({ control: controlVersion, ...opened })
  })
}

function reasonOf(failure: string | undefined): Unanswered {
  if (failure === 'ECONNREFUSED' || failure === 'ENOENT') return 'gone'
  return failure === 'EACCES' || failure === 'EPERM' ? 'forbidden' : 'full'
}
