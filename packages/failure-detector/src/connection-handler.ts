/** Connection handler: what follows from a connection's events and from bytes that arrive. */
import { isExcused } from './attention.ts'
import type { ConnectionState, ConnectionTracker } from './connection-tracker.ts'
import type { DetectorEffect } from './effect.ts'
import type { ConnectionEvent } from './input.ts'
import type { LocalPause } from './local-pause.ts'
import { isLiving, type Member, type MemberList } from './member-list.ts'
import { applyToMember, ignore, type MemberParts } from './member-transitions.ts'

/** `byte`: a byte arrived directly from the member, over any connection. */
export type ConnectionInput = ConnectionEvent | 'byte'

export interface ConnectionHandlerOptions {
  readonly tracker: ConnectionTracker
  readonly localPause: LocalPause
  readonly memberList: MemberList
  readonly memberParts: MemberParts
  readonly emit: (effect: DetectorEffect) => void
}

type Transition = (parts: ConnectionHandlerOptions, id: string, nowMs: number) => void

const redial = ({ emit }: ConnectionHandlerOptions, member: Member | undefined): void => {
  if (isLiving(member)) emit({ type: 'redial', id: member.id })
}

const noteByte: Transition = ({ memberList, memberParts }, id, nowMs) =>
  applyToMember(memberParts, memberList.find(id), 'evidence', undefined, nowMs)

/** The local network works again: heartbeats could not arrive during the outage. */
const noteByteInOutage: Transition = (parts, id, nowMs) => {
  parts.tracker.received(nowMs)
  parts.memberParts.heartbeats.skipTo(nowMs)
  noteByte(parts, id, nowMs)
}

const connect: Transition = (parts, id, nowMs) => {
  parts.tracker.opened(id, nowMs)
  const member = parts.memberList.get(id)
  if (member !== undefined) parts.memberParts.leases.connectionOpened(member)
  noteByte(parts, id, nowMs)
}

const connectInOutage: Transition = (parts, id, nowMs) => {
  parts.memberParts.heartbeats.skipTo(nowMs)
  connect(parts, id, nowMs)
}

/** The host replaced the connection. A probe over the former one may be lost. */
const reconnect: Transition = (parts, id, nowMs) => {
  connect(parts, id, nowMs)
  const member = parts.memberList.get(id)
  if (!isLiving(member)) return
  const { probeScheduler } = parts.memberParts
  probeScheduler.drop(id)
  probeScheduler.allowProbeNow(member)
  probeScheduler.probeNow(member, nowMs)
}

const disconnect: Transition = (parts, id, nowMs) => {
  const member = parts.memberList.get(id)
  parts.tracker.closed(id, nowMs)
  redial(parts, member)
  if (member !== undefined) parts.memberParts.leases.connectionClosed(member, nowMs)
}

/**
 * The host reports the end of a connection that this detector did not count as open. The detector dials the member only
 * if the member is a subject.
 */
const redialSubject: Transition = (parts, id, nowMs) => {
  parts.tracker.closed(id, nowMs)
  if (parts.memberParts.probeScheduler.isSubject(id)) redial(parts, parts.memberList.get(id))
}

const release: Transition = ({ tracker }, id) => tracker.forget(id)

/**
 * Soon after a local pause a refusal may be old: the detector probes the member instead of suspecting it. A refusal says
 * nothing about a member that is asleep, because its address may belong to another machine meanwhile, or about a member that
 * is awaited.
 */
const suspectRefused: Transition = (parts, id, nowMs) => {
  parts.tracker.refused(nowMs)
  const member = parts.memberList.get(id)
  if (!isLiving(member) || isExcused(member, nowMs)) return
  if (nowMs < parts.localPause.graceUntilMs) parts.memberParts.probeScheduler.probeNow(member, nowMs)
  else applyToMember(parts.memberParts, member, 'failed', { refused: true }, nowMs)
}

const probe: Transition = ({ memberList, memberParts }, id, nowMs) => {
  const member = memberList.get(id)
  if (isLiving(member)) memberParts.probeScheduler.probeNow(member, nowMs)
}

const noteNetworkDown: Transition = ({ tracker }, id, nowMs) => tracker.networkDown(id, nowMs)

/**
 * State table of a connection: one transition for each state and each input, so that a missing one does not compile.
 *
 * In state `outage` no connection is open. In state `open`, each dial is an additional one, so a refusal shows nothing about
 * the member.
 */
export const connectionTransitions: Readonly<
  Record<ConnectionState, Readonly<Record<ConnectionInput, Transition>>>
> = {
  closed: {
    open: connect,
    closed: redialSubject,
    released: release,
    refused: suspectRefused,
    unreachable: probe,
    'network-down': noteNetworkDown,
    byte: noteByte,
  },
  open: {
    open: reconnect,
    closed: disconnect,
    released: release,
    refused: ignore,
    unreachable: probe,
    'network-down': ignore,
    byte: noteByte,
  },
  outage: {
    open: connectInOutage,
    closed: redialSubject,
    released: release,
    refused: suspectRefused,
    unreachable: probe,
    'network-down': noteNetworkDown,
    byte: noteByteInOutage,
  },
}

export class ConnectionHandler {
  readonly #options: ConnectionHandlerOptions

  constructor(options: ConnectionHandlerOptions) {
    this.#options = options
  }

  handle(id: string, input: ConnectionInput, nowMs: number): void {
    connectionTransitions[this.#options.tracker.stateOf(id)][input](this.#options, id, nowMs)
  }

  /** Begins an interval: dials the members whose connections an outage closed. */
  tick(nowMs: number): void {
    const { tracker, memberList } = this.#options
    for (const id of tracker.tick(nowMs)) redial(this.#options, memberList.get(id))
  }
}
