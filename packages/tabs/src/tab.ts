/**
 * Tab: this tab's part in the member that all tabs share: its view, and the leadership when it is its turn.
 *
 * The view continues when the leader changes. A tab that is frozen, or that the browser keeps after the user has left the
 * page, has no view and does not wait in line until it is shown again.
 */
import type { Cluster } from '@hearsay/core'
import { reportAppError, withLeave } from '@hearsay/core/app'
import { connectCluster, type Port } from '@hearsay/port'
import { ControlChannel, type ControlMessage } from './control-channel.ts'
import { handoverMs, Leader } from './leader.ts'
import { LeaderPort } from './leader-port.ts'
import { hold, tabLock } from './locks.ts'
import { followPage } from './page-lifecycle.ts'
import { succeed } from './succession.ts'

/**
 * Our choice: a store that fails to open may be free again a moment later. The code of a member may be missing for hours: a
 * new version of the app has replaced it, or the network is down.
 */
const minRetryMs = 1_000
const maxRetryMs = 30_000

export interface TabSettings {
  /** Tabs with the same name share a member. */
  readonly name: string
  readonly join: () => Promise<Cluster>
  /** This tab is next in line. */
  readonly next: () => void
  /** This tab does not lead next. */
  readonly notNext?: () => void
}

/** `paused`: the page is frozen, or the user has left it. */
type State = 'active' | 'paused' | 'ended'

/** A port that the view waits for. */
interface PendingPort {
  readonly resolve: (port: Port) => void
  /** The channel over which a leader was asked to serve the view. */
  channel?: BroadcastChannel
}

export class Tab {
  readonly #settings: TabSettings
  readonly #id: string = crypto.randomUUID()
  readonly #control: ControlChannel
  readonly #failed = Promise.withResolvers<never>()
  #state: State = 'active'
  #hasView = false
  /** Ends the wait for the leadership. */
  #wait = new AbortController()
  #leader: Leader | undefined
  /** How long this tab waits after the next join that fails. */
  #retryMs = minRetryMs
  /** Resolves when this tab does not lead. */
  #leading: Promise<void> = Promise.resolve()
  /** The port of the view. */
  #port: LeaderPort | undefined
  #pending: PendingPort | undefined

  constructor(settings: TabSettings) {
    this.#settings = settings
    this.#control = new ControlChannel(settings.name)
    this.#control.listen(message => this.#received(message))
  }

  /** Resolves with the view of this tab. @throws the error of `join`, if this tab leads */
  async start(): Promise<Cluster> {
    const release = await hold(tabLock(this.#settings.name, this.#id))
    const unfollow = followPage({ paused: () => this.pause(), resumed: () => this.resume() })
    const end = async () => {
      unfollow()
      await this.#end()
      release()
    }
    try {
      this.#waitInLine()
      const view = await Promise.race([connectCluster(() => this.#openPort()), this.#failed.promise])
      this.#hasView = true
      return withLeave(view, async options => {
        await view.leave(options)
        await end()
      })
    } catch (error) {
      await end()
      throw error
    }
  }

  /** The page is frozen or closes: only what runs synchronously here is sure to run. */
  pause(): void {
    // The only tab keeps its member, which announces that the page is frozen or closes.
    if (this.#state !== 'active' || (this.#leader && !this.#leader.hasOthers)) return
    this.#state = 'paused'
    this.#endWait()
    if (this.#leader) this.#leader.handOver()
    else this.#control.send({ type: 'closed', view: this.#id })
    this.#port?.close()
    this.#pending?.channel?.close()
  }

  /** The page is shown again. */
  resume(): void {
    if (this.#state !== 'paused') return
    this.#state = 'active'
    this.#waitInLine()
    this.#reopen()
  }

  async #end(): Promise<void> {
    if (this.#state === 'ended') return
    this.#state = 'ended'
    this.#endWait()
    this.#control.send({ type: 'closed', view: this.#id })
    await this.#leader?.end(this.#leader.hasOthers)
    await this.#leading
    this.#port?.close()
    this.#pending?.channel?.close()
    this.#control.close()
  }

  #endWait(): void {
    this.#wait.abort()
    this.#settings.notNext?.()
  }

  #waitInLine(): void {
    // If the page was paused and shown again before its leadership ended, the tab is already waiting.
    this.#wait.abort()
    this.#wait = new AbortController()
    const { signal } = this.#wait
    const { name, next } = this.#settings
    const lead = (lost: AbortSignal) => {
      this.#leading = this.#lead(lost, signal)
      return this.#leading
    }
    succeed({ name, control: this.#control, lead, next }, signal).catch(this.#failed.reject)
  }

  /** Leads until another tab takes the lock, or this tab pauses or ends. */
  async #lead(lost: AbortSignal, wait: AbortSignal): Promise<void> {
    try {
      const member = await this.#settings.join()
      this.#retryMs = minRetryMs
      // During the join, this tab was paused, another tab took the lock, or the view left.
      if (this.#state === 'paused' || lost.aborted) return await member.leave({ returnsWithinMs: handoverMs })
      if (this.#state === 'ended') return await member.leave()
      const leader = new Leader({
        name: this.#settings.name,
        member,
        control: this.#control,
        ownView: this.#id,
      })
      // The tab that took the lock continues the member.
      lost.addEventListener('abort', () => void leader.end(true))
      this.#leader = leader
      this.#reopen()
      await leader.ended
    } catch (error) {
      if (!this.#hasView) return this.#failed.reject(error)
      reportAppError(error)
      // Without the lock, so that the other tabs try at once.
      setTimeout(() => wait.aborted || this.#waitInLine(), this.#retryMs)
      this.#retryMs = Math.min(2 * this.#retryMs, maxRetryMs)
      return
    } finally {
      this.#leader = undefined
    }
    if (this.#state !== 'active') return
    this.#waitInLine()
    this.#reopen()
  }

  #openPort(): Promise<Port> {
    return new Promise(resolve => {
      this.#port = undefined
      this.#pending = { resolve }
      this.#request()
    })
  }

  /** The view needs another port. */
  #reopen(): void {
    if (this.#pending) this.#request()
    else this.#port?.ended()
  }

  /** Asks the leader for the port that the view waits for. If no leader answers, the next one will be asked. */
  #request(): void {
    if (!this.#pending || this.#state !== 'active') return
    this.#pending.channel?.close()
    if (this.#leader) {
      this.#opened(this.#leader.serveOwn())
      return
    }
    const channel = new BroadcastChannel(`hearsay:view:${crypto.randomUUID()}`)
    this.#pending.channel = channel
    this.#control.send({ type: 'open', view: this.#id, channel: channel.name })
  }

  #opened(port: LeaderPort): void {
    this.#port = port
    this.#pending?.resolve(port)
    this.#pending = undefined
  }

  #received(message: ControlMessage): void {
    const { channel } = this.#pending ?? {}
    switch (message.type) {
      case 'opened':
        if (channel?.name === message.channel) this.#opened(new LeaderPort(channel, message.leader))
        break
      case 'leading':
        this.#reopen()
        break
      case 'ended':
        if (this.#port?.leader === message.leader) this.#reopen()
        break
      case 'open':
      case 'closed':
      case 'ping':
      case 'pong':
        break
    }
  }
}
