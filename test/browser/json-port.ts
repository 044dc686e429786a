/** JSON port: a port over a WebSocket of a page or of `ws`. Its messages are JSON, with marks for bytes and for `undefined`. */
import type { Port } from '@hearsay/port'

/** What both kinds of WebSockets have. */
interface Socket {
  readonly readyState: number
  send(text: string): void
  close(): void
  // Both kinds declare other events.
  // biome-ignore lint/suspicious/noExplicitAny: `never` would fit neither of these declarations
  addEventListener(type: 'open' | 'message' | 'close', listener: (event: any) => void): void
}

const connecting = 0
const open = 1

export function jsonPort(socket: Socket): Port {
  const events = new EventTarget()
  const waiting: string[] = []
  socket.addEventListener('open', () => {
    for (const text of waiting.splice(0)) socket.send(text)
  })
  socket.addEventListener('message', ({ data }: { data: unknown }) =>
    events.dispatchEvent(Object.assign(new Event('message'), { data: revive(JSON.parse(`${data}`)) })),
  )
  socket.addEventListener('close', () => events.dispatchEvent(new Event('close')))
  return {
    postMessage(message) {
      const text = JSON.stringify(message, replace)
      if (socket.readyState === connecting) waiting.push(text)
      else if (socket.readyState === open) socket.send(text)
    },
    addEventListener: (type, listener) => events.addEventListener(type, listener),
    removeEventListener: (type, listener) => events.removeEventListener(type, listener),
    close: () => socket.close(),
  }
}

const nothing = { $undefined: true }

function replace(_: string, value: unknown): unknown {
  if (value === undefined) return nothing
  return value instanceof Uint8Array ? { $bytes: [...value] } : value
}

/** Not as the second argument of `JSON.parse`, which would leave out what is `undefined`. */
function revive(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(revive)
  if ('$undefined' in value) return undefined
  if ('$bytes' in value) return new Uint8Array(value.$bytes as number[])
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, revive(each)]))
}
