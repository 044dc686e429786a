import { expect, it } from 'vitest'
import { type AnyWebSocket, webSocketPort } from '../../src/member/web-socket-port.ts'

/** A socket whose frames arrive at its own listeners. */
class Echo extends EventTarget implements AnyWebSocket {
  binaryType = ''
  readyState = 1
  closed = 0

  send(data: Uint8Array<ArrayBuffer>): void {
    this.receive(data.slice().buffer)
  }

  receive(data: unknown): void {
    this.dispatchEvent(Object.assign(new Event('message'), { data }))
  }

  close(): void {
    this.closed += 1
    this.dispatchEvent(new Event('close'))
  }
}

it.each([
  [{ t: 'q', i: 'a', m: 'update', a: [{ name: 'ada', tags: {} }, undefined, null] }],
  [[1, -7, 2 ** 40 + 1, 0.1, Number.POSITIVE_INFINITY, true, 'ä', [[]]]],
  [{ update: new Uint8Array([0, 255]) }],
])('carries what a view sends: %o', message => {
  const received: unknown[] = []
  const port = webSocketPort(new Echo())
  port.addEventListener?.('message', event => received.push((event as MessageEvent).data))
  port.postMessage(message)
  expect(received).toEqual([message])
})

it.each([['text'], [new ArrayBuffer(0)], [Uint8Array.from([1, 2, 3]).buffer]])(
  'closes at a frame of another kind: %o',
  data => {
    const socket = new Echo()
    let closed = 0
    const port = webSocketPort(socket)
    port.addEventListener?.('message', () => expect.unreachable())
    port.addEventListener?.('close', () => (closed += 1))
    socket.receive(data)
    expect([socket.closed, closed]).toEqual([1, 1])
  },
)

it('removes listeners, and sends nothing over a socket that is not open', () => {
  const socket = new Echo()
  const port = webSocketPort(socket)
  const listener = () => expect.unreachable()
  port.addEventListener?.('message', listener)
  port.removeEventListener?.('message', listener)
  port.postMessage(1)
  socket.readyState = 3
  port.addEventListener?.('message', listener)
  port.postMessage(1)
})
