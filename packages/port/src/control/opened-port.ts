/** Opened port: a port whose first message is read before other code gets the port. */
import type { Port } from '../channel.ts'

/**
 * Reads the first message of a port.
 *
 * @param received called with the message and with the port, which is already started: add listeners to the port before
 *   this function returns, so that they miss no message
 */
export function firstMessage(port: Port, received: (message: unknown, opened: Port) => void): void {
  const { start: _, ...opened } = port
  const first = (event: Event) => {
    port.removeEventListener?.('message', first)
    received((event as MessageEvent).data, opened)
  }
  port.addEventListener?.('message', first)
  port.start?.()
}
