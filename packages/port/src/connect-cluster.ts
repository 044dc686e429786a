/** Connect: a view of the cluster at the other end of a port. */
import type { Cluster } from '@hearsay/core'
import { createBirpc } from 'birpc'
import { resultOf } from './answer.ts'
import { openChannel, type Port } from './channel.ts'
import {
  type Batch,
  contractVersion,
  type MemberCalls,
  type RemoteMember,
  type ViewCalls,
} from './contract.ts'
import { MirroredCluster } from './mirrored/mirrored-cluster.ts'
import { type SettledCalls, settledCalls } from './mirrored/settled-calls.ts'

/**
 * Connects to the cluster that `serveCluster` serves at the other end of a port. Resolves when the members are known.
 *
 * The result is a view: it has a presence of its own in each room, and `leave()` ends the view, not the member, unless the
 * view may do that. When the port closes, the stores
 * keep their last values, except that this member has the status `left`, and calls throw a `NotRunningError`. While the
 * page is hidden, it receives at most four updates a second.
 *
 * @throws {InvalidOptionsError} the other end has another version of this package
 */
export async function connectCluster(port: Port): Promise<Cluster> {
  let receive: (message: unknown) => void = () => {}
  let cluster: MirroredCluster | undefined
  let calls: SettledCalls | undefined
  let first: Batch | undefined
  let arrived: () => void = () => {}
  const firstBatch = new Promise<void>(resolve => {
    arrived = resolve
  })
  const received = (batch: Batch) => {
    if (cluster) cluster.batch(batch)
    else first = batch
    arrived()
  }
  const end = (reason: string) => {
    unfollow()
    calls?.end(reason)
    cluster?.end(reason)
    arrived()
  }
  const unfollow = followVisibility(isHidden => cluster?.setHidden(isHidden))
  const channel = openChannel(port, {
    received: message => receive(message),
    closed: () => end('the port has closed'),
  })
  const functions: ViewCalls = { batch: received, closed: end }
  const remote = createBirpc<MemberCalls, ViewCalls>(functions, {
    post: message => channel.post(message),
    on: listener => {
      receive = listener
    },
    resolver: name => (Object.hasOwn(functions, name) ? functions[name as keyof ViewCalls] : undefined),
    eventNames: ['acknowledge', 'setHidden', 'watch', 'close', 'endSynced'],
    // An answer may wait for other members, without a bound.
    timeout: -1,
  })
  calls = settledCalls(remote as unknown as RemoteMember)
  const welcome = resultOf(await calls.member.connect(contractVersion))
  cluster = new MirroredCluster(welcome, calls.member, reason => {
    unfollow()
    calls?.end(reason)
    channel.close()
  })
  await firstBatch
  if (first) cluster.batch(first)
  return cluster
}

/** Calls back when the page becomes hidden or visible. Nothing happens outside of pages. */
function followVisibility(changed: (isHidden: boolean) => void): () => void {
  if (!('document' in globalThis)) return () => {}
  const { document } = globalThis
  const listener = () => changed(document.visibilityState === 'hidden')
  document.addEventListener('visibilitychange', listener)
  return () => document.removeEventListener('visibilitychange', listener)
}
