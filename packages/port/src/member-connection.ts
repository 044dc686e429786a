/** Member connection: a view's end of one port. */
import { createBirpc } from 'birpc'
import { resultOf } from './answer.ts'
import { openChannel, type Port } from './channel.ts'
import {
  type Batch,
  contractVersion,
  type MemberCalls,
  type RemoteMember,
  type ViewCalls,
  type Welcome,
} from './contract.ts'
import type { ViewQueryCalls } from './query-calls.ts'

export interface ConnectionListener extends ViewQueryCalls {
  batch(batch: Batch): void
  /** The port has closed. @param reason in words, for people. @param isFinal the member's side has ended the view */
  closed(reason: string, isFinal: boolean): void
}

export interface MemberConnection {
  readonly member: RemoteMember
  /**
   * Begins the view. Resolves with the first batch, which contains the members and the health. If the port closes before
   * that, the promise never settles.
   *
   * @param focusedAtMs when the user turned to the view, as an epoch time
   * @throws {InvalidOptionsError} the other end has another version of this package
   */
  connect(focusedAtMs: number): Promise<readonly [Welcome, Batch]>
  close(): void
}

/** @param listener called with the batches after the first one */
export function openConnection(port: Port, listener: ConnectionListener): MemberConnection {
  let receive: (message: unknown) => void = () => {}
  let isOpen = true
  const first = Promise.withResolvers<Batch>()
  let isFirst = true
  const batch = (batch: Batch) => {
    if (isFirst) first.resolve(batch)
    else listener.batch(batch)
    isFirst = false
  }
  const close = () => {
    isOpen = false
    channel.close()
  }
  const closed = (reason: string, isFinal: boolean) => {
    if (!isOpen) return
    close()
    listener.closed(reason, isFinal)
  }
  const channel = openChannel(port, {
    received: message => receive(message),
    closed: () => closed('the port has closed', false),
  })
  const functions: ViewCalls = {
    batch,
    closed: reason => closed(reason, true),
    asked: (...values) => listener.asked(...values),
    askedNoMore: number => listener.askedNoMore(number),
  }
  const remote = createBirpc<MemberCalls, ViewCalls>(functions, {
    post: message => {
      if (isOpen) channel.post(message)
    },
    on: received => {
      receive = received
    },
    resolver: name => (Object.hasOwn(functions, name) ? functions[name as keyof ViewCalls] : undefined),
    eventNames: ['acknowledge', 'setHidden', 'focus', 'watch', 'close', 'endSynced'],
    // An answer may wait for other members, without a bound.
    timeout: -1,
  })
  const member = remote as unknown as RemoteMember
  return {
    member,
    connect: async focusedAtMs => [
      resultOf(await member.connect(contractVersion, focusedAtMs)),
      await first.promise,
    ],
    close,
  }
}
