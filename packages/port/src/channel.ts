/**
 * Channel: sends and receives messages over anything like a MessagePort.
 *
 * Ports differ in how they announce messages: pages, workers and Node's MessagePort have `addEventListener`; Node's
 * workers emit the value itself; Electron's ports emit an event with `data`.
 */

/**
 * A port: a MessagePort of a page, a worker or Node, a worker, Electron's `MessagePortMain`, or a utility process's
 * `parentPort`. Messages arrive in order, and are cloned as by `structuredClone`.
 */
export interface Port {
  /** Sends a message, cloned as by `structuredClone`. */
  postMessage(message: unknown): void
  /** Adds a listener, on ports with the events of pages. The messages of such a port are the `data` of the event. */
  addEventListener?(type: 'message' | 'close', listener: (event: Event) => void): void
  /** Removes a listener. */
  removeEventListener?(type: 'message' | 'close', listener: (event: Event) => void): void
  /** Adds a listener, on ports with the events of Node. Such a port passes the message itself, or an event with `data`. */
  on?(type: 'message' | 'close', listener: Listener): unknown
  /** Removes a listener. */
  off?(type: 'message' | 'close', listener: Listener): unknown
  /** Begins to deliver messages. Called once. */
  start?(): void
  /** Closes the port. The other end receives `close`, if its kind of port announces that. */
  close?(): void
}

// Emitters declare other parameters for each event.
// biome-ignore lint/suspicious/noExplicitAny: `unknown` would fit none of these declarations
type Listener = (message?: any) => void

export interface ChannelListener {
  received(message: unknown): void
  /** The other end closed the port, if the port announces that. */
  closed(): void
}

export interface Channel {
  /** Sends a message. Does nothing after `close`, because a call may end later. */
  post(message: unknown): void
  close(): void
}

export function openChannel(port: Port, listener: ChannelListener): Channel {
  const received = (event: unknown) => {
    const message = dataOf(event)
    if (isMessage(message)) listener.received(message)
  }
  const closed = () => listener.closed()
  const [add, remove] = port.addEventListener
    ? (['addEventListener', 'removeEventListener'] as const)
    : (['on', 'off'] as const)
  port[add]?.('message', received)
  port[add]?.('close', closed)
  port.start?.()
  let isClosed = false
  return {
    post(message) {
      // A BroadcastChannel throws after it was closed, a MessagePort does not.
      if (!isClosed) port.postMessage(message)
    },
    close() {
      isClosed = true
      port[remove]?.('message', received)
      port[remove]?.('close', closed)
      port.close?.()
    },
  }
}

/** Whether this is a message that birpc can read: a request with a method and its values, or an answer. */
function isMessage(message: unknown): boolean {
  const { t: type, i: id, m: method, a: values } = Object(message)
  if (type === 's') return id !== undefined
  return type === 'q' && typeof method === 'string' && Array.isArray(values)
}

/** The message of an event; Node's workers emit the message itself. Messages of this package are never events. */
function dataOf(event: unknown): unknown {
  const isEvent = typeof event === 'object' && event !== null && 'data' in event
  return isEvent ? event.data : event
}
