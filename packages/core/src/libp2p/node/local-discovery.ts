/**
 * Local discovery: finds members of a cluster in the local network by multicast DNS (RFC 6762).
 *
 * Each round sends a query on every interface from a separate socket, so no default route is needed. Each round also
 * joins the multicast group on every interface again, so that replaced interfaces keep working. Where possible, an answer
 * goes only to the member that sent the query: with 32 members, each member receives 32 answers in a round, not 1,024.
 *
 * If another program uses UDP port 5353 exclusively, this member finds other members, but other members do not find this
 * member. This member reports that fault, and a network that accepts no packets, until the fault ends.
 */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import type { PeerDiscoveryEvents } from '@libp2p/interface'
import { TypedEventEmitter } from 'main-event'
import { asError } from '../../wire/result.ts'
import { decodeLocal, encodeAnswer, encodeQuery } from './dns-sd.ts'
import { readInterfaces } from './network-interfaces.ts'

const group = '224.0.0.251'
const port = 5_353
const ttl = 255
/** libp2p's interval. */
const roundIntervalMs = 10_000
/** Delay of the second round after a change: an interface that has just come up may not accept packets yet. */
const secondRoundMs = 1_000

export interface LocalDiscoveryOptions {
  /** Names like `_name._udp.local`. This member looks for the first one, and answers to all of them. */
  readonly services: () => readonly string[]
  /** A name that only this member uses. */
  readonly instance: string
  /** Multiaddrs at which this member can be dialled now, each with its id at the end. */
  readonly addresses: () => readonly string[]
  /** Discovery began to fail, or the reason of the failure changed. */
  readonly failed: (reason: string) => void
}

export class LocalDiscovery extends TypedEventEmitter<PeerDiscoveryEvents> {
  readonly #options: LocalDiscoveryOptions
  #listener: Socket | undefined
  #isBound = false
  #senders: Socket[] = []
  #timer: ReturnType<typeof setTimeout> | undefined
  #listenerFault: string | undefined
  #senderFault: string | undefined
  #reported: string | undefined

  constructor(options: LocalDiscoveryOptions) {
    super()
    this.#options = options
    this.refresh()
  }

  /** Why this member and the members in the local network do not find each other; undefined if they do. */
  get fault(): string | undefined {
    return this.#listenerFault ?? this.#senderFault
  }

  /** Starts a round now: at the start, and when the network has changed. */
  refresh(): void {
    this.#startRound(secondRoundMs)
  }

  stop(): void {
    clearTimeout(this.#timer)
    for (const socket of [this.#listener, ...this.#senders]) close(socket)
    this.#listener = undefined
    this.#senders = []
  }

  #startRound(nextMs: number): void {
    const addresses = interfaceAddresses()
    if (this.#listener) this.#join()
    else this.#listen()
    for (const sender of this.#senders.splice(0)) close(sender)
    this.#senderFault = addresses.length === 0 ? 'this computer has no network' : undefined
    for (const address of addresses) this.#query(address)
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#startRound(roundIntervalMs), nextMs)
    this.#report()
  }

  #listen(): void {
    const socket = createSocket({ type: 'udp4', reuseAddr: true })
    this.#listener = socket
    socket.on('error', ({ message }) => {
      if (socket !== this.#listener) return
      close(socket)
      // The next round retries.
      this.#listener = undefined
      this.#isBound = false
      this.#listenerFault = `UDP port ${port} cannot be shared with another program: ${message}`
      this.#report()
    })
    socket.on('message', (bytes, from) => this.#receive(bytes, from))
    socket.bind({ port, exclusive: true }, () => {
      this.#isBound = true
      this.#listenerFault = undefined
      this.#join()
    })
  }

  /**
   * Joins the group on each interface. The system returns an error for an interface that has already joined.
   */
  #join(): void {
    // Joining before `bind` would bind the socket to another port.
    if (!this.#isBound) return
    for (const address of interfaceAddresses())
      try {
        this.#listener?.addMembership(group, address)
      } catch {
        // The interface has already joined, or it was removed.
      }
  }

  #query(address: string): void {
    const sender = createSocket('udp4')
    this.#senders.push(sender)
    const failed = ({ message }: Error) => {
      if (!this.#senders.includes(sender)) return
      this.#senderFault = `sending from ${address} fails: ${message}`
      this.#report()
    }
    sender.on('error', failed)
    sender.on('message', (bytes, from) => this.#receive(bytes, from))
    sender.bind({ address, exclusive: true }, () => {
      try {
        sender.setMulticastInterface(address)
        sender.setMulticastTTL(ttl)
      } catch (error) {
        // The interface was removed.
        failed(asError(error))
        return
      }
      this.#send(sender, encodeQuery(this.#options.services()[0] ?? ''), { address: group, port }, failed)
    })
  }

  #receive(bytes: Uint8Array, from: RemoteInfo): void {
    for (const service of this.#options.services()) {
      const packet = decodeLocal(bytes, service)
      switch (packet?.type) {
        case 'query':
          this.#answer(service, from)
          break
        case 'answer':
          for (const detail of packet.peers) this.dispatchEvent(new CustomEvent('peer', { detail }))
          break
      }
    }
  }

  /**
   * Answers a query. Earlier versions of hearsay send queries from the group's port, and read only answers
   * that are sent to the group.
   */
  #answer(service: string, { address, port: querier }: RemoteInfo): void {
    const { instance, addresses } = this.#options
    const own = addresses()
    if (own.length === 0) return
    const answer = encodeAnswer(service, instance, own)
    if (querier === port)
      for (const sender of this.#senders) this.#send(sender, answer, { address: group, port })
    else if (this.#listener) this.#send(this.#listener, answer, { address, port: querier })
  }

  #send(
    socket: Socket,
    bytes: Uint8Array,
    to: { address: string; port: number },
    failed: (error: Error) => void = () => {},
  ): void {
    try {
      socket.send(bytes, to.port, to.address, error => {
        if (error) failed(error)
      })
    } catch {
      // The socket is closed, or not bound yet.
    }
  }

  #report(): void {
    const { fault } = this
    if (fault !== undefined && fault !== this.#reported) this.#options.failed(fault)
    this.#reported = fault
  }
}

/** One IPv4 address of each interface; loopback only if there is no other interface. */
function interfaceAddresses(): string[] {
  const all = Object.values(readInterfaces() ?? {}).flatMap(
    (infos = []) => infos.find(({ family }) => family === 'IPv4') ?? [],
  )
  const outward = all.filter(({ internal }) => !internal)
  return (outward.length > 0 ? outward : all).map(({ address }) => address)
}

function close(socket: Socket | undefined): void {
  try {
    socket?.close()
  } catch {
    // The socket failed and is closed already.
  }
}
