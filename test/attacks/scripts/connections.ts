/** Attacks with connections and unfinished frames: most of them before the admission. */
import { connect, type Socket } from 'node:net'
import { multiaddr } from '@multiformats/multiaddr'
import { encode as varint } from 'uint8-varint'
import { WebSocket } from 'ws'
import { RawPeer } from '../raw-peer.ts'
import { relayRequest } from './relay-request.ts'
import { atRate, attackingPeer, range, type Script } from './script.ts'

const silentSockets = 1_500
const connections = 50
const streamsPerConnection = 12
const unfinishedBytes = 1_000_000
const reservingPeers = 137
const circuits = 137

/** TCP connections that send nothing. Closed ones are opened again. */
export const silentConnections: Script = async context => {
  const [target] = context.order.targets
  const [host, port] = multiaddr(target?.address ?? '')
    .getComponents()
    .map(({ value }) => value)
  const open = () =>
    new Promise<Socket>(resolve => {
      const socket = connect(Number(port), host)
      socket.on('error', () => resolve(socket)).once('connect', () => resolve(socket))
    })
  let sockets = await Promise.all(range(silentSockets).map(open))
  context.begin()
  await atRate(1, async () => {
    sockets = sockets.filter(({ destroyed, readyState }) => !destroyed && readyState === 'open')
    const again = await Promise.all(range(silentSockets - sockets.length).map(open))
    context.count('reopened', again.length)
    sockets.push(...again)
  })
}

/** Frames of almost 1 MB that never end. A stranger sends no hello, because it has no stream for one. */
export const endlessFrames: Script = async context => {
  const { order, count, begin } = context
  const [target] = order.targets
  if (!target) return
  const length = varint(1_048_576)
  const bytes = new Uint8Array(unfinishedBytes)
  begin()
  await atRate(
    1,
    async () => {
      const peer = await RawPeer.create(order.credentials)
      // A stranger that proves nothing may keep its connection for longer.
      if (order.by === 'member') count('admitted', (await peer.connect(target)) ? 1 : 0)
      else await peer.dial(target.address)
      for (const channel of ['probe', 'sync', 'space'] as const)
        for (const _ of range(streamsPerConnection / 3)) {
          try {
            const stream = await peer.open(target, channel)
            stream?.send(length)
            stream?.send(bytes)
            count('streams')
          } catch {
            count('refused streams')
          }
        }
    },
    connections,
  )
}

/** Reservations and circuits at a relay. */
export const relayUse: Script = async context => {
  const { order, count, begin } = context
  const [relay, other] = order.targets
  if (!relay || !other) return
  begin()
  await atRate(
    20,
    async () => {
      const peer = await attackingPeer(context, [relay])
      const [connection] = peer.node.getConnections()
      if (connection) {
        if ((await relayRequest(connection, { type: 'reserve' })) === 'ok') count('reservations')
        const { id } = peer.identity
        if ((await relayRequest(connection, { type: 'connect', peer: id })) === 'ok') count('circuits')
      }
    },
    Math.max(reservingPeers, circuits),
  )
}

/** A page of another origin opens WebSockets to a member. Browsers send the origin, so a page cannot hide it. */
export const foreignOrigin: Script = async context => {
  const { order, count, begin } = context
  const [host, port] = multiaddr(
    order.addresses.find(address => address.includes('/ws')) ?? '',
  ).getComponents()
  begin()
  await atRate(20, () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const socket = new WebSocket(`ws://${host?.value}:${port?.value}/`, {
      origin: 'https://attacker.example',
    })
    socket.once('open', () => {
      count('opened')
      socket.terminate()
    })
    socket.once('unexpected-response', (_, response) => {
      count(`HTTP ${response.statusCode}`)
      socket.terminate()
    })
    socket.on('error', () => resolve())
    socket.once('close', () => resolve())
    return promise
  })
}
