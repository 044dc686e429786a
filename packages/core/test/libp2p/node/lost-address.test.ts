import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { Connection } from '@libp2p/interface'
import { afterEach, expect, it } from 'vitest'
import { hasLostAddress } from '../../../src/libp2p/node/lost-address.ts'

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const undo of cleanUp.splice(0)) await undo()
})

async function socketPair(): Promise<Socket> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  await once(socket, 'connect')
  cleanUp.push(
    () => socket.destroy(),
    () => server.close(),
  )
  return socket
}

const connectionOver = (socket: unknown) => ({ maConn: { socket } }) as unknown as Connection

it('an address of this computer is not lost, and another one is', async () => {
  const socket = await socketPair()
  expect(hasLostAddress(connectionOver(socket))).toBe(false)
  Object.defineProperty(socket, 'localAddress', { value: '192.0.2.1' })
  expect(hasLostAddress(connectionOver(socket))).toBe(true)
})

it('an unknown address is not lost', () => {
  expect(hasLostAddress({} as Connection)).toBe(false)
  expect(hasLostAddress(connectionOver({ localAddress: '192.0.2.1' }))).toBe(false)
})
