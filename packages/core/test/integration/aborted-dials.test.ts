import { createServer, type Server, type Socket } from 'node:net'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { noise } from '@libp2p/noise'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p, type Libp2p } from 'libp2p'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { AdmissionGate } from '../../src/libp2p/admission/admission-gate.ts'
import { Dialler, type DiallerComponents } from '../../src/libp2p/dialler.ts'

const gate = {
  isRefused: () => false,
  isAdmitted: () => false,
} as unknown as AdmissionGate

let node: Libp2p | undefined
let server: Server | undefined
const sockets: Socket[] = []

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  server?.close()
  await node?.stop()
})

/** A host that accepts connections and sends nothing, so that every dial stays in flight. @returns its address */
async function silentHost(): Promise<string> {
  const listening = createServer(socket => {
    socket.on('error', () => {})
    sockets.push(socket)
  })
  server = listening
  await new Promise<void>(resolve => listening.listen(0, '127.0.0.1', resolve))
  return `/ip4/127.0.0.1/tcp/${(listening.address() as { port: number }).port}`
}

const untilSockets = (count: number) => vi.waitUntil(() => sockets.length === count, { timeout: 20_000 })

async function diallerTo(bootstrap: readonly string[]): Promise<Dialler> {
  let components: DiallerComponents | undefined
  node = await createLibp2p({
    // A member dials a loopback address of another member only if it has a loopback address itself.
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: {
      components: (all: DiallerComponents) => {
        components = all
        return {}
      },
    },
  })
  if (!components) throw new Error('the node has no components')
  return new Dialler({ components, ownsNode: true, gate, bootstrap })
}

describe('dialler', () => {
  it('dials a member again as soon as its aborted dial has failed', async () => {
    const address = await silentHost()
    const dialler = await diallerTo([])
    const id = peerIdFromPrivateKey(await generateKeyPair('Ed25519')).toString()
    dialler.setAddresses(id, [multiaddr(address).bytes])
    const first = dialler.connect(id).catch(() => dialler.connect(id))
    first.catch(() => {})
    await untilSockets(1)
    dialler.abortDials()
    await untilSockets(2)
    dialler.abortDials()
    await expect(first).rejects.toThrow()
  })

  it('dials a bootstrap address again at once while its aborted dial still ends', async () => {
    const address = await silentHost()
    const dialler = await diallerTo([address])
    const first = dialler.connectTo(address)
    first.catch(() => {})
    await untilSockets(1)
    dialler.abortDials()
    const second = dialler.connectTo(address)
    second.catch(() => {})
    await expect(first).rejects.toThrow()
    await untilSockets(2)
    dialler.abortDials()
    await expect(second).rejects.toThrow()
  })
})
