/**
 * Leader: holds the member, and serves the views of all tabs.
 *
 * A view ends when its tab ends the view, or when the tab closes or crashes. Then the browser releases the lock that each
 * tab holds, and the leader notices.
 */
import type { Cluster } from '@hearsay/core'
import { serveCluster } from '@hearsay/port'
import type { ControlChannel, ControlMessage } from './control-channel.ts'
import { LeaderPort } from './leader-port.ts'
import { tabLock } from './locks.ts'

/** Our choice: far longer than another tab takes to join, and short for a device whose tabs all close at once. */
export const handoverMs = 5_000

interface LeaderOptions {
  /** The name that the tabs share. */
  readonly name: string
  readonly member: Cluster
  readonly control: ControlChannel
  /** Id of the view in this tab. */
  readonly ownView: string
}

export class Leader {
  readonly id: string = crypto.randomUUID()
  readonly #options: LeaderOptions
  readonly #unlisten: () => void
  /** Ends a view, by its id. */
  readonly #views = new Map<string, () => void>()
  readonly #left = Promise.withResolvers<void>()
  #hasEnded = false
  /** Whether the member has announced that another process continues it. */
  #isContinued = false

  constructor(options: LeaderOptions) {
    this.#options = options
    this.#unlisten = options.control.listen(message => this.#received(message))
    options.control.send({ type: 'leading', leader: this.id })
  }

  /** Resolves when another tab may lead: when the member has stopped, or this page will not run. */
  get ended(): Promise<void> {
    return this.#left.promise
  }

  /** Whether other tabs have views, so that one of them can continue the member. */
  get hasOthers(): boolean {
    return [...this.#views.keys()].some(view => view !== this.#options.ownView)
  }

  /** Serves the view in the leader's own tab. */
  serveOwn(): LeaderPort {
    const { port1, port2 } = new MessageChannel()
    this.#serve(this.#options.ownView, port1)
    return new LeaderPort(port2, this.id)
  }

  /** Ends the member. @param isHandover another tab continues the member, so the member does not leave */
  async end(isHandover: boolean): Promise<void> {
    this.#left.resolve(this.#end(isHandover))
    await this.ended
  }

  /** Hands over at once, because this page may not run any more in a moment. */
  handOver(): void {
    void this.#end(true)
    this.#left.resolve()
  }

  async #end(isHandover: boolean): Promise<void> {
    if (this.#hasEnded) return
    this.#hasEnded = true
    const { member, control } = this.#options
    const left = member.leave(isHandover ? { returnsWithinMs: handoverMs } : {})
    this.#unlisten()
    control.send({ type: 'ended', leader: this.id })
    await left
  }

  #received(message: ControlMessage): void {
    const { control } = this.#options
    switch (message.type) {
      case 'open':
        this.#serve(message.view, new BroadcastChannel(message.channel))
        this.#endWithTab(message.view)
        control.send({ type: 'opened', channel: message.channel, leader: this.id })
        break
      case 'closed':
        this.#views.get(message.view)?.()
        break
      case 'ping':
        control.send({ type: 'pong' })
        break
      case 'opened':
      case 'leading':
      case 'ended':
      case 'pong':
        break
    }
  }

  #serve(view: string, carrier: BroadcastChannel | MessagePort): void {
    this.#views.get(view)?.()
    // Any tab may become the leader and then has all rights, so no tab gets fewer.
    const served = serveCluster(this.#options.member, carrier, { view, allow: { invitations: true } })
    const close = () => {
      if (this.#views.get(view) !== close) return
      this.#views.delete(view)
      served.close()
      this.#viewsChanged()
    }
    this.#views.set(view, close)
    this.#viewsChanged()
  }

  /**
   * If this tab crashes, another one continues the member. Other members learn that in advance, because a crash announces
   * nothing. Without other tabs a crash is the end of the member.
   */
  #viewsChanged(): void {
    // Later, because a view that opens another port is replaced.
    queueMicrotask(() => {
      const { hasOthers } = this
      if (this.#hasEnded || hasOthers === this.#isContinued) return
      this.#isContinued = hasOthers
      this.#options.member.update({ returnsWithinMs: hasOthers ? handoverMs : 0 })
    })
  }

  #endWithTab(view: string): void {
    const close = this.#views.get(view)
    // Granted when the tab has closed or crashed.
    void navigator.locks.request(tabLock(this.#options.name, view), { mode: 'shared' }, () => close?.())
  }
}
