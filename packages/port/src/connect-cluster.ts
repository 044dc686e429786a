/** Connect: a view of the cluster at the other end of a port, or of several ports in succession. */
import type { Cluster } from '@hearsay/core'
import { NotRunningError } from '@hearsay/core/app'
import type { Port } from './channel.ts'
import type { Batch } from './contract.ts'
import { type MemberConnection, openConnection } from './member-connection.ts'
import { MemberCalls } from './mirrored/member-calls.ts'
import { MirroredCluster } from './mirrored/mirrored-cluster.ts'

/**
 * Opens a port to the member. Called again each time a port has closed, and the view then continues over the new port. If the
 * promise rejects, the view ends.
 */
export type OpenPort = () => Promise<Port>

/**
 * Connects to the cluster that `serveCluster` serves at the other end of a port. Resolves when the members are known.
 *
 * The result is a view: it has a presence of its own in each room. `leave()` ends the view, and the member only if the view
 * has the right `leave`. While the page is hidden, the view receives at most four updates a second.
 *
 * With a port, the view ends when the port closes: the stores keep their last values, except that this member has the status
 * `left`, and calls throw a `NotRunningError`. With a function that opens a port, the view outlives its ports: over each new
 * port, it enters its rooms again, with its presence, opens its configs, and syncs its documents. Until the new port is
 * ready, calls wait. Stores keep the last values until the member sends newer ones, for at most 10 s.
 *
 * @throws {InvalidOptionsError} the other end has another version of this package
 * @throws {NotRunningError} the member has left its cluster
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
  #connection: MemberConnection | undefined
  #cluster: MirroredCluster | undefined
  readonly #started = Promise.withResolvers<Cluster>()
  /** A new view has the focus. */
  #focusedAtMs = Date.now()
  readonly #ended = new AbortController()

  /** @param isReopened whether the view continues over another port when one has closed */
  constructor(openPort: OpenPort, isReopened: boolean) {
    this.#openPort = openPort
    this.#isReopened = isReopened
    const focused = () => {
      this.#focusedAtMs = Date.now()
      this.#cluster?.focus()
    }
    const visibilityChanged = () => void this.#calls.member.setHidden(isPageHidden())
    followPage({ visibilityChanged, focused }, this.#ended.signal)
  }

  start(): Promise<Cluster> {
    void this.#open()
    return this.#started.promise
  }

  async #open(): Promise<void> {
    try {
      const port = await this.#openPort()
      if (this.#ended.signal.aborted) port.close?.()
      else await this.#attach(port)
    } catch (error) {
      this.#end(String(error), error)
    }
  }

  async #attach(port: Port): Promise<void> {
    const connection = openConnection(port, {
      batch: batch => this.#show(batch, connection),
      closed: (reason, isFinal) => this.#closed(reason, isFinal),
      asked: async (...query) => (await this.#cluster?.asked(...query)) ?? { failure: 'no-handler' },
      askedNoMore: number => this.#cluster?.askedNoMore(number),
    })
    this.#connection = connection
    const { member } = connection
    const [welcome, batch] = await connection.connect(this.#focusedAtMs)
    if (this.#connection !== connection) return
    void member.setHidden(isPageHidden())
    this.#calls.attaching()
    const cluster =
      this.#cluster ?? new MirroredCluster(welcome, this.#calls.member, reason => this.#end(reason))
    this.#cluster = cluster
    const restored = cluster.attach(welcome, member)
    this.#show(batch, connection)
    await restored
    if (this.#connection !== connection) return
    this.#calls.attach(member)
    this.#started.resolve(cluster)
  }

  #show(batch: Batch, { member }: MemberConnection): void {
    this.#cluster?.batch(batch)
    void member.acknowledge(batch.number)
  }

  #closed(reason: string, isFinal: boolean): void {
    this.#connection = undefined
    if (isFinal || !this.#isReopened) this.#end(reason)
    else {
      this.#calls.detach()
      this.#cluster?.detach()
      void this.#open()
    }
  }

  #end(reason: string, error: unknown = new NotRunningError(reason)): void {
    if (this.#ended.signal.aborted) return
    this.#ended.abort()
    // Without effect if the view has started.
    this.#started.reject(error)
    this.#calls.end(reason)
    this.#cluster?.end(reason)
    this.#connection?.close()
  }
}

interface PageListener {
  /** The page became hidden or visible. */
  readonly visibilityChanged: () => void
  /** The user turned to the window of the page. */
  readonly focused: () => void
}

/** Follows the page of this view until the signal aborts. Does nothing outside of pages. */
function followPage({ visibilityChanged, focused }: PageListener, signal: AbortSignal): void {
  globalThis.document?.addEventListener('visibilitychange', visibilityChanged, { signal })
  globalThis.window?.addEventListener('focus', focused, { signal })
}

/** Undefined: outside of pages. */
const isPageHidden = (): boolean | undefined => globalThis.document?.hidden
