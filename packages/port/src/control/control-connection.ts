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

export interface Connection {
  readonly member: ControlMember
  /** Carries the messages of the opened view or log. Already started. */
  readonly port: Port
  close(): void
}

/**
 * Connects to the socket at this path. Removes the socket if its process has ended.
 *
 * @param received called with each message after the greeting
 * @returns `gone`: nobody listens; `silent`: the member does not answer; `full`: it has too many connections
 * @throws {InvalidOptionsError} the member has another version of this package
 */
export async function openControl(
  path: string,
  opened: Opened,
  received?: (message: unknown) => void,
): Promise<Connection | 'gone' | 'silent' | 'full'> {
  const found = await socketAt(path)
  return new Promise((resolve, reject) => {
    const socket = connect(path)
    const port = socketPort(socket)
    const timeout = setTimeout(() => {
      socket.destroy()
      resolve('silent')
    }, greetingTimeoutMs)
    let failure: string | undefined
    socket.once('error', ({ code }: NodeJS.ErrnoException) => {
      failure = code
    })
    socket.once('close', async () => {
      clearTimeout(timeout)
      // A member's socket listens before it has this name, so the process has ended. A command ends after this call.
      if (failure === 'ECONNREFUSED') await removeSocket(path, found).catch(() => {})
      resolve(failure === 'ECONNREFUSED' || failure === 'ENOENT' ? 'gone' : 'full')
    })
    firstMessage(port, (message, open) => {
      clearTimeout(timeout)
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
