import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { defaultLogger } from '@libp2p/logger'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { TypedEventEmitter } from 'main-event'
import { describe, expect, it, vi } from 'vitest'
import type { AdmissionGateOptions } from '../../src/libp2p/admission/admission-gate.ts'
import { protocols } from '../../src/libp2p/frame-stream.ts'
import { Libp2pTransport, type TransportOptions } from '../../src/libp2p/transport.ts'
import type { TransportListener } from '../../src/runtime/ports.ts'
import { ManualClock } from '../helpers/manual-clock.ts'

const [ada, bob] = await Promise.all(
  [1, 2].map(async byte =>
    peerIdFromPrivateKey(await generateKeyPairFromSeed('Ed25519', new Uint8Array(32).fill(byte))),
  ),
)

/** A connection to bob on which all pings are answered, and the number of its pings. */
function connectionToBob() {
  const connection = {
    remotePeer: bob,
    remoteAddr: multiaddr('/ip4/127.0.0.1/tcp/1'),
    direction: 'outbound',
    status: 'open',
    pings: 0,
    newStream: async (protocol: string) => {
      if (protocol === protocols.probe) connection.pings++
      throw new Error('the other end refuses the stream')
    },
    close: vi.fn(async () => {}),
    abort: vi.fn(),
  }
  return connection
}

/** Ada's transport. Each connection is admitted as soon as it opens. */
async function transportOfAda() {
  const open: ReturnType<typeof connectionToBob>[] = []
  let gateOptions: AdmissionGateOptions | undefined
  const connect = () => {
    const connection = connectionToBob()
    open.push(connection)
    gateOptions?.admitted(connection as never)
    return connection
  }
  const components = {
    peerId: ada,
    registrar: { handle: async () => {}, unhandle: async () => {} },
    events: new TypedEventEmitter(),
    connectionManager: { getConnections: () => open, openConnection: async () => connect() },
    addressManager: { getAddresses: () => [] },
    transportManager: { dialTransportForMultiaddr: () => ({}) },
  }
  const gate = {
    open: async (options: AdmissionGateOptions) => {
      gateOptions = options
    },
    guarded: (handler: unknown) => handler,
    isAdmitted: () => true,
    whenAdmitted: async () => true,
    isRefused: () => false,
  }
  const transport = new Libp2pTransport({
    components,
    gate,
    cluster: new Uint8Array(16),
    keys: { admission: () => [], topics: () => [] },
    hasSecret: false,
    ownsNode: true,
    bootstrap: [],
    pubsub: { gossipsub: {}, connected: () => {} },
    verification: {},
    log: defaultLogger().forComponent('test'),
    clock: new ManualClock(),
  } as unknown as TransportOptions)
  const listener = { connectionChanged: vi.fn() }
  await transport.listen(listener as unknown as TransportListener)
  return { transport, connect, open, listener }
}

describe('a transport that tries another connection', () => {
  it('pings over each connection once, and closes the newer one if the older one answers', async () => {
    const { transport, connect, open } = await transportOfAda()
    const older = connect()
    transport.checkConnection(`${bob}`)
    await vi.waitUntil(() => open[1]?.close.mock.lastCall)
    expect(open.map(({ pings }) => pings)).toEqual([1, 1])
    expect(older.close).not.toHaveBeenCalled()
    expect(older.abort).not.toHaveBeenCalled()
  })
})
