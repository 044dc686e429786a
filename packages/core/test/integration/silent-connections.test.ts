import { connect, type Socket } from 'node:net'
import { multiaddr } from '@multiformats/multiaddr'
import { afterEach, expect, it, vi } from 'vitest'
import { join, leaveAll, loopback, untilAllSee } from './members.ts'

const sockets: Socket[] = []

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await leaveAll()
})

/** Connections to the member that never send anything. */
async function openSilent(address: string, count: number): Promise<void> {
  const [host, port] = multiaddr(address)
    .getComponents()
    .map(({ value }) => value)
  const open = () =>
    new Promise<void>(resolve => {
      const socket = connect(Number(port), host)
      sockets.push(socket)
      socket.on('error', () => resolve())
      socket.once('connect', () => resolve())
    })
  await Promise.all(Array.from({ length: count }, open))
}

it.each([
  ['TCP', loopback],
  ['WebSockets', `${loopback}/ws`],
])('silent %s connections keep no member out, and are closed', { timeout: 60_000 }, async (_, listen) => {
  const first = await join({ cluster: 'atlas', name: 'first', listen: [listen] })
  const [address = ''] = first.self.addresses
  await openSilent(address, 1_100)
  // libp2p alone would refuse the member until the silent connections time out, after 10 s.
  const joined = await join({ cluster: 'atlas', name: 'joined', bootstrap: [address] })
  await untilAllSee([first, joined], 2)
  expect(first.health.getSnapshot().droppedConnections).toBeGreaterThanOrEqual(1_100 - 1_024)
  expect(sockets.filter(({ destroyed }) => !destroyed).length).toBeGreaterThan(0)
  await vi.waitUntil(() => sockets.every(({ destroyed }) => destroyed), { timeout: 30_000 })
  expect(joined.health.getSnapshot().connections).toBe(1)
})
