import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import type { Connection, Libp2pEvents, Stream, StreamHandler } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { byteStream, streamPair } from '@libp2p/utils'
import { TypedEventEmitter } from 'main-event'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { AdmissionGate, type GateComponents } from '../../src/libp2p/admission/admission-gate.ts'
import { admissionProtocol } from '../../src/libp2p/admission/handshake.ts'
import { admissionAnswer, admissionRequest, answeredCapabilities } from '../../src/wire/admission.ts'
import { clusterKeys } from '../../src/wire/cluster-keys.ts'
import { clusterTag } from '../../src/wire/tags.ts'

const cluster = clusterTag('atlas')
const { admission: key } = clusterKeys('atlas', 'a secret of sixteen or more characters')
const [ada, bob] = await Promise.all(
  [1, 2].map(async byte =>
    peerIdFromPrivateKey(await generateKeyPairFromSeed('Ed25519', new Uint8Array(32).fill(byte))),
  ),
)

beforeEach(() => void vi.useFakeTimers())
const { admission: next } = clusterKeys('atlas', 'the second secret of the cluster')

/** The key that proves that somebody knows the removed key with this id. */
const removedProof = (id: string) => new Uint8Array(32).fill(Number(id))

afterEach(() => void vi.useRealTimers())

/** Ada's gate, and a connection that bob dialled. */
async function gateOfAda({ ownsNode = true, maxProofs = 1, removed = [] as Uint8Array[] } = {}) {
  let keys = [{ id: `${key[0]}`, key }]
  const handlers = new Map<string, StreamHandler>()
  const registrar = {
    handle: async (protocol: string, handler: StreamHandler) => void handlers.set(protocol, handler),
    unhandle: async () => {},
    getProtocols: () => [...handlers.keys()],
  }
  const events = new TypedEventEmitter<Libp2pEvents>()
  const components = { peerId: ada, registrar, events } as unknown as GateComponents
  const refusals: string[] = []
  const admitted = vi.fn()
  const gate = new AdmissionGate()
  await gate.open({
    components,
    keys: () => keys.map(each => ({ ...each })),
    maxProofs,
    removedKeys: {
      ask: async (own, prove) =>
        own.length < maxProofs && typeof (await prove(removedProof(`${own[0]?.id}`))) === 'object',
      answer: (session, request) =>
        removed
          .map(key => admissionAnswer({ ...session, key }, request, { relay: false }))
          .find(answer => answer !== undefined),
    },
    cluster,
    ownsNode,
    admitted,
    refused: (_, reason) => refusals.push(reason),
  })
  const close = vi.fn(async () => {})
  const abort = vi.fn()
  /** The streams that ada opens, at bob's end. */
  const opened: Stream[] = []
  const newStream = async () => {
    const [outbound, inbound] = await streamPair()
    opened.push(inbound)
    return outbound
  }
  const ofBob = { remotePeer: bob, direction: 'inbound', status: 'open' }
  const connection = { ...ofBob, close, abort, newStream } as unknown as Connection
  events.safeDispatchEvent('connection:open', { detail: connection })
  const reopen = (direction: Connection['direction'] = 'inbound') => {
    const next = { ...connection, direction }
    events.safeDispatchEvent('connection:open', { detail: next })
    return next
  }

  /** Bob opens a stream for a handshake, in which he proves this key. */
  async function handshake(proved = key) {
    const [outbound, inbound] = await streamPair()
    void handlers.get(admissionProtocol)?.(inbound, connection)
    const bytes = byteStream(outbound)
    const next = async (count: number) => {
      const read = bytes.read({ bytes: count })
      read.catch(() => {})
      await vi.advanceTimersByTimeAsync(100)
      return (await read).subarray()
    }
    const ends = { initiator: `${bob}`, responder: `${ada}` }
    const session = { key: proved, cluster, ...ends, challenge: await next(32) }
    const nonce = new Uint8Array(32).fill(7)
    outbound.send(admissionRequest(session, nonce) ?? new Uint8Array())
    return answeredCapabilities(session, nonce, await next(33))
  }

  /** Bob answers the proof on the next stream that ada opens, if it proves this key. */
  async function answerProof(proved: Uint8Array) {
    await vi.advanceTimersByTimeAsync(10)
    const stream = opened.shift()
    if (!stream) throw new Error('ada opened no stream')
    const bytes = byteStream(stream)
    const challenge = new Uint8Array(32).fill(9)
    stream.send(challenge)
    const read = bytes.read({ bytes: 64 })
    await vi.advanceTimersByTimeAsync(100)
    const ends = { initiator: `${ada}`, responder: `${bob}` }
    const session = { key: proved, cluster, ...ends, challenge }
    const answer = admissionAnswer(session, (await read).subarray(), { relay: false })
    if (answer) stream.send(answer)
    stream.close().catch(() => {})
    await vi.advanceTimersByTimeAsync(100)
    return answer !== undefined
  }

  /** The cluster has these keys from now on. */
  function setKeys(...next: Uint8Array[]) {
    keys = next.map(each => ({ id: `${each[0]}`, key: each }))
    gate.keysChanged()
  }

  return {
    gate,
    connection,
    reopen,
    handshake,
    answerProof,
    setKeys,
    opened,
    admitted,
    refusals,
    close,
    abort,
  }
}

/** A stream that bob opened, with these bytes, and a guarded handler that records the bytes of streams that it receives. */
async function openStream(gate: AdmissionGate, connection: Connection, data: Uint8Array) {
  const received: number[] = []
  const [outbound, inbound] = await streamPair()
  const handler = gate.guarded((stream: Stream) => {
    stream.addEventListener('message', ({ data: { byteLength } }) => received.push(byteLength))
  })
  void handler(inbound, connection)
  outbound.send(data)
  await vi.advanceTimersByTimeAsync(100)
  return { received, inbound }
}

describe('the admission gate', () => {
  it('admits no connection of a peer that is refused, until the time is over', async () => {
    const { gate, reopen, refusals, close } = await gateOfAda()
    gate.refusePeer(`${bob}`, 60_000)
    const refused = reopen()
    expect(await gate.whenAdmitted(refused)).toBe(false)
    expect([refusals, close.mock.calls.length]).toEqual([['violations'], 1])
    await vi.advanceTimersByTimeAsync(60_000)
    expect(gate.isRefused(`${bob}`)).toBe(false)
    reopen()
    expect(refusals).toEqual(['violations', 'no-proof'])
  })

  it('lets a stream wait until the connection is admitted', async () => {
    const { gate, connection, handshake, admitted } = await gateOfAda()
    const { received } = await openStream(gate, connection, new Uint8Array(100))
    expect(received).toEqual([])
    expect(await handshake()).toEqual({ relay: false })
    await vi.advanceTimersByTimeAsync(100)
    expect(received).toEqual([100])
    expect(admitted).toHaveBeenCalledExactlyOnceWith(connection)
    expect(gate.isAdmitted(connection)).toBe(true)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(gate.isAdmitted(connection)).toBe(true)
  })

  it('ends waiting streams when the connection is refused, and closes it on a node of its own', async () => {
    const { gate, connection, handshake, refusals, close } = await gateOfAda()
    const { received, inbound } = await openStream(gate, connection, new Uint8Array(100))
    await expect(handshake(new Uint8Array(32))).rejects.toThrow()
    await vi.advanceTimersByTimeAsync(100)
    expect([received, inbound.status, refusals]).toEqual([[], 'aborted', ['wrong-proof']])
    expect(close).toHaveBeenCalledOnce()
    expect(await gate.whenAdmitted(connection)).toBe(false)
  })

  it('keeps a refused connection of the app open, and never admits it', async () => {
    const { gate, connection, handshake, admitted, close } = await gateOfAda({ ownsNode: false })
    await expect(handshake(new Uint8Array(32))).rejects.toThrow()
    await expect(handshake()).rejects.toThrow()
    expect([admitted.mock.calls, close.mock.calls]).toEqual([[], []])
    expect(gate.isAdmitted(connection)).toBe(false)
  })

  it('ends a stream with more than 64 kB that cannot be processed yet', async () => {
    const { gate, connection } = await gateOfAda()
    const { inbound } = await openStream(gate, connection, new Uint8Array(65_537))
    expect(inbound.status).toBe('aborted')
  })

  it('refuses a connection without a proof after 5 s', async () => {
    const { gate, connection, refusals } = await gateOfAda()
    const isAdmitted = gate.whenAdmitted(connection)
    await vi.advanceTimersByTimeAsync(4_990)
    expect(refusals).toEqual([])
    await vi.advanceTimersByTimeAsync(10)
    expect(refusals).toEqual(['no-proof'])
    expect(await isAdmitted).toBe(false)
  })

  it('refuses a peer that it dialled as soon as the peer does not accept its last key', async () => {
    const { reopen, answerProof, setKeys, refusals } = await gateOfAda()
    const other = new Uint8Array(32).fill(1)
    reopen('outbound')
    expect(await answerProof(other)).toBe(false)
    expect(refusals).toEqual(['not-accepted'])
    setKeys(next, key)
    reopen('outbound')
    expect(await answerProof(other)).toBe(false)
    expect(refusals).toEqual(['not-accepted'])
    expect(await answerProof(other)).toBe(false)
    expect(refusals).toEqual(['not-accepted', 'not-accepted'])
  })

  it('says after 5 s that a peer with further attempts proved a wrong key', async () => {
    const { handshake, refusals } = await gateOfAda({ maxProofs: 4 })
    await expect(handshake(new Uint8Array(32).fill(1))).rejects.toThrow()
    await vi.advanceTimersByTimeAsync(5_000)
    expect(refusals).toEqual(['wrong-proof'])
  })

  it('waits for another 5 s if the timer was late, because the process may have been busy', async () => {
    const { refusals } = await gateOfAda()
    const late = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 8_000)
    await vi.advanceTimersByTimeAsync(5_000)
    late.mockRestore()
    expect(refusals).toEqual([])
    await vi.advanceTimersByTimeAsync(5_000)
    expect(refusals).toEqual(['no-proof'])
  })

  it('forgets all connections when it closes', async () => {
    const { gate, connection, handshake } = await gateOfAda()
    await handshake()
    gate.close()
    expect(gate.isAdmitted(connection)).toBe(false)
    expect(await gate.whenAdmitted(connection)).toBe(false)
  })
})

describe('the admission gate of a cluster with several keys', () => {
  it('accepts each of them, and checks at most four wrong proofs of one connection', async () => {
    const { gate, connection, handshake, setKeys, refusals, close } = await gateOfAda({ maxProofs: 4 })
    setKeys(next, key)
    for (let proofs = 0; proofs < 3; proofs++)
      await expect(handshake(new Uint8Array(32).fill(proofs))).rejects.toThrow()
    expect([refusals, close.mock.calls.length]).toEqual([[], 0])
    expect(await handshake(key)).toEqual({ relay: false })
    expect(gate.isAdmitted(connection)).toBe(true)
    const second = await gateOfAda({ maxProofs: 4 })
    for (let proofs = 0; proofs < 4; proofs++)
      await expect(second.handshake(new Uint8Array(32).fill(proofs))).rejects.toThrow()
    expect(second.refusals).toEqual(['wrong-proof'])
    await expect(second.handshake(key)).rejects.toThrow()
  })

  it('keeps a connection whose key was removed if the peer proves a remaining key, and emits nothing', async () => {
    const { gate, connection, handshake, answerProof, setKeys, admitted, refusals } = await gateOfAda()
    await handshake(key)
    setKeys(next, key)
    setKeys(next)
    expect(gate.isAdmitted(connection)).toBe(true)
    expect(await answerProof(next)).toBe(true)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(gate.isAdmitted(connection)).toBe(true)
    expect([admitted.mock.calls.length, refusals]).toEqual([1, []])
  })

  it('accepts a proof of the other end as well', async () => {
    const { gate, connection, handshake, setKeys, abort } = await gateOfAda()
    await handshake(key)
    setKeys(next)
    await handshake(next)
    await vi.advanceTimersByTimeAsync(60_000)
    expect([gate.isAdmitted(connection), abort.mock.calls.length]).toEqual([true, 0])
  })

  it('closes a connection whose key was removed if the peer has no remaining key within 5 s', async () => {
    const { gate, connection, handshake, answerProof, setKeys, refusals, abort } = await gateOfAda()
    await handshake(key)
    setKeys(next)
    expect(await answerProof(key)).toBe(false)
    await vi.advanceTimersByTimeAsync(4_700)
    expect([gate.isAdmitted(connection), abort.mock.calls.length]).toEqual([true, 0])
    await vi.advanceTimersByTimeAsync(300)
    expect([gate.isAdmitted(connection), abort.mock.calls.length]).toEqual([false, 1])
    expect(refusals).toEqual(['removed-key'])
    await expect(handshake(next)).rejects.toThrow()
  })

  it('informs a peer that proves a removed key, and does not admit the peer', async () => {
    const removed = new Uint8Array(32).fill(5)
    const { gate, connection, handshake, refusals } = await gateOfAda({ maxProofs: 4, removed: [removed] })
    await expect(handshake(new Uint8Array(32).fill(6))).rejects.toThrow()
    expect(refusals).toEqual([])
    expect(await handshake(removed)).toEqual({ relay: false })
    expect([gate.isAdmitted(connection), refusals]).toEqual([false, ['removed-key']])
  })

  it('learns from a peer that accepts no key that the primary one was replaced', async () => {
    const { reopen, answerProof, refusals, gate } = await gateOfAda({ maxProofs: 4 })
    const asking = reopen('outbound')
    expect(await answerProof(next)).toBe(false)
    expect(await answerProof(removedProof(`${key[0]}`))).toBe(true)
    expect([gate.isAdmitted(asking), refusals]).toEqual([false, ['replaced-secret']])
  })

  it('believes nobody that does not know the key', async () => {
    const { reopen, answerProof, refusals } = await gateOfAda({ maxProofs: 4 })
    reopen('outbound')
    expect(await answerProof(next)).toBe(false)
    expect(await answerProof(next)).toBe(false)
    expect(refusals).toEqual(['not-accepted'])
  })
})
