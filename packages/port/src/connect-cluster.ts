/** Connect: a view of the cluster at the other end of a port, or of one port after the other. */
import type { Cluster } from '@hearsay/core'
import { NotRunningError } from '@hearsay/core/app'
import type { Port } from './channel.ts'
import type { Batch } from './contract.ts'
import { type MemberConnection, openConnection } from './member-connection.ts'
import { MemberCalls } from './mirrored/member-calls.ts'
import { MirroredCluster } from './mirrored/mirrored-cluster.ts'

/**
 * Opens a port to the member. Called again each time a port has closed, and the view then goes on over the new port. If the
 * promise rejects, the view ends.
 */
export type OpenPort = () => Promise<Port>

/**
 * Connects to the cluster that `serveCluster` serves at the other end of a port. Resolves when the members are known.
 *
 * The result is a view: it has a presence of its own in each room, and `leave()` ends the view, not the member, unless the
 * view may do that. While the page is hidden, it receives at most four updates a second.
 *
 * With a port, the view ends when the port closes: the stores keep their last values, except that this member has the status
 * `left`, and calls throw a `NotRunningError`. With a function that opens a port, the view outlives its ports: it enters
 * its rooms again, with its presence, opens its configs, and exchanges what both sides lack of the documents. Stores keep
 * the last values until the member has newer ones, for at most 10 s. Until then, calls wait.
 *
 * @throws {InvalidOptionsError} the other end has another version of this package
 * @throws the error of the function that opens a port
 */
export function connectCluster(port: Port | OpenPort): Promise<Cluster> {
  const isReopened = typeof port === 'function'
  return new View(isReopened ? port : async () => port, isReopened).start()
}

class View {
  readonly #openPort: OpenPort
  readonly #isReopened: boolean
  readonly #calls = new MemberCalls()
  readonly #unfollow: () => void
  #connection: MemberConnection | undefined
  #cluster: MirroredCluster | undefined
  #isHidden = false
  #focusedAtMs: number
  #started: (cluster: Cluster) => void = () => {}
  #failed: (error: unknown) => void = () => {}
  #isEnded = false

  /** @param isReopened whether the view goes on over another port when one has closed */
  constructor(openPort: OpenPort, isReopened: boolean) {
    this.#openPort = openPort
    this.#isReopened = isReopened
    // A new view has the focus.
    this.#focusedAtMs = Date.now()
    this.#unfollow = followPage({
      hidden: isHidden => {
        this.#isHidden = isHidden
        void this.#calls.member.setHidden(isHidden)
      },
      focused: () => {
        this.#focusedAtMs = Date.now()
        this.#cluster?.focus()
      },
    })
  }

  start(): Promise<Cluster> {
    return new Promise((resolve, reject) => {
      this.#started = resolve
      this.#failed = reject
      void this.#open()
    })
  }

  async #open(): Promise<void> {
    try {
      const port = await this.#openPort()
      if (this.#isEnded) port.close?.()
      else await this.#attach(port)
    } catch (error) {
      this.#end(error instanceof Error ? error.message : String(error))
      this.#failed(error)
    }
  }

  async #attach(port: Port): Promise<void> {
    const connection = openConnection(port, {
      batch: batch => this.#show(batch, connection),
      closed: (reason, isFinal) => this.#closed(reason, isFinal),
    })
    this.#connection = connection
    const { member } = connection
    const [welcome, batch] = await connection.connect(this.#focusedAtMs)
    if (this.#connection !== connection) return
    if (this.#isHidden) void member.setHidden(true)
    this.#calls.attaching()
    const cluster =
      this.#cluster ?? new MirroredCluster(welcome, this.#calls.member, reason => this.#end(reason))
    this.#cluster = cluster
    const restored = cluster.attach(welcome, member)
    this.#show(batch, connection)
    await restored
    if (this.#connection !== connection) return
    this.#calls.attach(member)
    this.#started(cluster)
  }

  #show(batch: Batch, { member }: MemberConnection): void {
    this.#cluster?.batch(batch)
    void member.acknowledge(batch.number)
  }

  #closed(reason: string, isFinal: boolean): void {
    this.#connection = undefined
    if (isFinal || !this.#isReopened) {
      this.#end(reason)
      this.#failed(new NotRunningError(`connectCluster: ${reason}`))
      return
    }
    this.#calls.detach()
    this.#cluster?.detach()
    void this.#open()
  }

  #end(reason: string): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#unfollow()
    this.#calls.end(reason)
    this.#cluster?.end(reason)
    this.#connection?.close()
  }
}

interface PageListener {
  /** The page became hidden or visible. Called at once if it is hidden. */
  hidden(isHidden: boolean): void
  /** The user turned to the window of the page. */
  focused(): void
}

/** Follows the page of this view. Nothing happens outside of pages. @returns ends the calls */
function followPage({ hidden, focused }: PageListener): () => void {
  if (!('document' in globalThis)) return () => {}
  const { document, window } = globalThis
  const visibilityChanged = () => hidden(document.visibilityState === 'hidden')
  document.addEventListener('visibilitychange', visibilityChanged)
  window.addEventListener('focus', focused)
  if (document.visibilityState === 'hidden') visibilityChanged()
  return () => {
    document.removeEventListener('visibilitychange', visibilityChanged)
    window.removeEventListener('focus', focused)
  }
}
