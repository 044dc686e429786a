import { once } from 'node:events'
import { type AddressInfo, connect, createServer, Server, type Socket } from 'node:net'
import type { CreateListenerOptions, Listener, Transport } from '@libp2p/interface'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { InboundSockets } from '../../../src/libp2p/node/inbound-sockets.ts'

/** A listener as libp2p's: it accepts with a server of its own, and closes only the sockets that it has received. */
class FakeListener {
  readonly received: Socket[] = []
  readonly server = createServer(socket => this.received.push(socket))
  async close(): Promise<void> {
    const closed = once(this.server, 'close')
    this.server.close()
    for (const socket of this.received) socket.destroy()
    await closed
  }
}

const clients: Socket[] = []
let inbound: InboundSockets
let listener: FakeListener
const listen = vi.spyOn(Server.prototype, 'listen')

beforeEach(async () => {
  listen.mockClear()
  inbound = new InboundSockets()
  listener = new FakeListener()
  const transport = { createListener: () => listener as unknown as Listener } as unknown as Transport
  inbound
    .bounded(() => transport)({})
    .createListener({} as CreateListenerOptions)
  listener.server.listen({ port: 0, host: '127.0.0.1' })
  await once(listener.server, 'listening')
})

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy()
  if (listener.server.listening) await listener.close()
})

async function open(): Promise<Socket> {
  const { port } = listener.server.address() as AddressInfo
  const client = connect({ port, host: '127.0.0.1' })
  client.on('error', () => {})
  clients.push(client)
  await once(client, 'connect')
  return client
}

/** How many sockets the server has accepted that are open. */
function accepted(): Promise<number> {
  return new Promise(resolve => listener.server.getConnections((_, count) => resolve(count)))
}

/** Only ends a test that hangs. */
const within = { timeout: 20_000 }

const untilReceived = (count: number) => vi.waitUntil(() => listener.received.length === count, within)

describe('inbound sockets', () => {
  it('reach libp2p with their first bytes, and silent ones do not', async () => {
    const silent = await open()
    ;(await open()).write('hello')
    await untilReceived(1)
    silent.write('late')
    await untilReceived(2)
    const texts = await Promise.all(listener.received.map(async socket => String(await once(socket, 'data'))))
    expect(texts).toEqual(['hello', 'late'])
  })

  it('reach libp2p right after a burst of silent ones', async () => {
    await Promise.all(Array.from({ length: 500 }, open))
    ;(await open()).write('hello')
    await untilReceived(1)
    expect(inbound.dropped).toBe(0)
  })

  it('do not reach libp2p if the other end closes or resets them', async () => {
    const [ended, reset] = [await open(), await open()]
    await vi.waitUntil(async () => (await accepted()) === 2, within)
    ended.end()
    reset.resetAndDestroy()
    await vi.waitUntil(async () => (await accepted()) === 0, within)
    expect(listener.received).toEqual([])
  })

  it('close with their listener while they are silent', async () => {
    const silent = await open()
    const closed = once(silent, 'close')
    await vi.waitUntil(async () => (await accepted()) === 1, within)
    await listener.close()
    await closed
    expect(listener.received).toEqual([])
  })

  it('wait in the kernel in a queue that a burst does not fill', () => {
    expect(listen.mock.calls).toEqual([[expect.objectContaining({ backlog: 4_096, host: '127.0.0.1' })]])
  })
})
