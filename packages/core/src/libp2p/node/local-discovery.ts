/**
 * Local discovery: members of a cluster in the local network, by multicast DNS (RFC 6762).
 *
 * Each round asks on every interface from a socket of its own, so no default route is needed, and joins the group on
 * every interface again, so it outlasts interfaces that were replaced. Who asked is answered alone where it can be: 32
 * members that ask in turn are 32 answers a round for each, not 1,024.
 *
 * Without port 5353 it finds others, but cannot be found. That, and a network that takes no packet, is reported until
 * it is over.
 */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { networkInterfaces } from 'node:os'
import type { PeerDiscoveryEvents } from '@libp2p/interface'
import { TypedEventEmitter } from 'main-event'
import { decodeLocal, encodeAnswer, encodeQuery } from './dns-sd.ts'

const group = '224.0.0.251'
const port = 5_353
const ttl = 255
/** As libp2p has it; 15 s are bearable for somebody who waits. */
const roundIntervalMs = 10_000
/** After a change: an interface that has just come up may take no packet yet. */
const secondRoundMs = 1_000

export interface LocalDiscoveryOptions {
  /** `_name._udp.local` */
  readonly service: string
  /** Of this member alone. */
  readonly instance: string
  /** Where this member can be dialled now: multiaddrs that end with its id. */
  readonly addresses: () => readonly string[]
  /** It begins to fail, or fails for another reason. */
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

  /** Why members in the local network are not found, or do not find this one; undefined if they are. */
  get fault(): string | undefined {
    return this.#listenerFault ?? this.#senderFault
  }

  /** Asks at once: at the start, and when the network has changed. */
  refresh(): void {
    this.#announceRound(secondRoundMs)
  }

  stop(): void {
    clearTimeout(this.#timer)
    for (const socket of [this.#listener, ...this.#senders]) close(socket)
    this.#listener = undefined
    this.#senders = []
  }

  #announceRound(nextMs: number): void {
    const addresses = ownAddresses()
    if (this.#listener) this.#join()
    else this.#listen()
    for (const sender of this.#senders.splice(0)) close(sender)
    this.#senderFault = addresses.length === 0 ? 'this machine has no network' : undefined
    for (const address of addresses) this.#query(address)
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#announceRound(roundIntervalMs), nextMs)
    this.#report()
  }

  #listen(): void {
    const socket = createSocket({ type: 'udp4', reuseAddr: true })
    this.#listener = socket
    socket.on('error', ({ message }) => {
      if (socket !== this.#listener) return
      close(socket)
      // The next round tries again.
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

  /** On each interface; where it is a member of the group already the system says so, and that is all. */
  #join(): void {
    // It would bind it to another port.
    if (!this.#isBound) return
    for (const address of ownAddresses())
      try {
        this.#listener?.addMembership(group, address)
      } catch {
        // Or the interface is gone again.
      }
  }

  #query(address: string): void {
    const sender = createSocket('udp4')
    this.#senders.push(sender)
    const failed = ({ message }: Error) => {
      if (!this.#senders.includes(sender)) return
      this.#senderFault = `nothing can be sent from ${address}: ${message}`
      this.#report()
    }
    sender.on('error', failed)
    sender.on('message', (bytes, from) => this.#receive(bytes, from))
    sender.bind({ address, exclusive: true }, () => {
      sender.setMulticastInterface(address)
      sender.setMulticastTTL(ttl)
      this.#send(sender, encodeQuery(this.#options.service), { address: group, port }, failed)
    })
  }

  #receive(bytes: Uint8Array, from: RemoteInfo): void {
    const packet = decodeLocal(bytes, this.#options.service)
    switch (packet?.type) {
      case 'query':
        this.#answer(from)
        break
      case 'answer':
        for (const detail of packet.peers) this.dispatchEvent(new CustomEvent('peer', { detail }))
        break
    }
  }

  /** Only those that ask from the port of the group listen to answers there: earlier versions of hearsay. */
  #answer({ address, port: querier }: RemoteInfo): void {
    const { service, instance, addresses } = this.#options
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
      // It was closed, or is not bound yet.
    }
  }

  #report(): void {
    const { fault } = this
    if (fault !== undefined && fault !== this.#reported) this.#options.failed(fault)
    this.#reported = fault
  }
}

/** IPv4, one of each interface; loopback only where there is nothing else. */
function ownAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap(
    (infos = []) => infos.find(({ family }) => family === 'IPv4') ?? [],
  )
  const outward = all.filter(({ internal }) => !internal)
  return (outward.length > 0 ? outward : all).map(({ address }) => address)
}

function close(socket: Socket | undefined): void {
  try {
    socket?.close()
  } catch {
    // It failed, and is closed already.
  }
}
