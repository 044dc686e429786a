/**
 * Member process supervisor: keeps the utility process of the member running.
 *
 * If the process ends unexpectedly, another one is started at once. The member keeps its identity and its name and tags.
 */
import type { JoinOptions } from '@hearsay/core'
import { InvalidOptionsError, ListenError, NotRunningError, StorageError } from '@hearsay/core/app'
import type { Allow } from '@hearsay/port'
import type { MessagePortMain, UtilityProcess } from './electron.ts'
import type { MemberReport, MemberRequest } from './messages.ts'

export interface SupervisorOptions {
  readonly fork: () => UtilityProcess
  /** The options of the member, at each start of a process. */
  readonly joinOptions: () => JoinOptions
  /** Called after the first join, when the member's process has ended or did not join. The supervisor starts another one. */
  readonly restarting: (reason: Error) => void
}

/** Our choice: a process that ends within 5 s is started again after a wait, which grows from 0.25 s to 30 s. */
const firstWaitMs = 250
const maxWaitMs = 30_000
const settledMs = 5_000

export class MemberProcessSupervisor {
  readonly #options: SupervisorOptions
  #process: UtilityProcess | undefined
  /** Resolves with the process of the member when the member has joined. */
  #joined = pending<UtilityProcess>()
  #hasJoined = false
  #startedAtMs = 0
  #waitMs = 0
  #timer: NodeJS.Timeout | undefined
  #isEnded = false

  constructor(options: SupervisorOptions) {
    this.#options = options
  }

  /** Resolves when the member has joined. @throws the error of `joinCluster`, which also ends the supervisor */
  async start(): Promise<void> {
    this.#launch()
    await this.#joined.promise
  }

  /**
   * Serves the view at the other end of a port, as soon as the member has joined.
   *
   * @param view id of the view
   * @param port called when the member has joined, so that no port waits for a process that may end
   * @throws {NotRunningError} the supervisor has ended
   */
  async serve(view: string, allow: Allow, port: () => MessagePortMain): Promise<void> {
    const process = await this.#joined.promise
    send(process, { type: 'view', view, allow }, [port()])
  }

  /** Ends the process of the member. Idempotent. */
  end(error: Error = new NotRunningError('the app has left the cluster')): void {
    if (this.#isEnded) return
    this.#isEnded = true
    clearTimeout(this.#timer)
    this.#process?.kill()
    // Reject both promises: callers wait for the first one already, and later callers get the second one.
    this.#joined.reject(error)
    this.#joined = pending()
    this.#joined.reject(error)
  }

  #launch(): void {
    const process = this.#options.fork()
    this.#process = process
    this.#startedAtMs = performance.now()
    process.on('message', message => this.#reported(message as MemberReport, process))
    process.once('exit', code => {
      if (this.#process === process) this.#exited(new Error(`the member's process ended with code ${code}`))
    })
    send(process, { type: 'start', options: this.#options.joinOptions() })
  }

  #reported(report: MemberReport, process: UtilityProcess): void {
    if (this.#isEnded || this.#process !== process) return
    switch (report.type) {
      case 'joined':
        this.#hasJoined = true
        this.#joined.resolve(process)
        return
      case 'failed': {
        const error = errorOf(report)
        process.kill()
        if (this.#hasJoined) this.#exited(error)
        else this.end(error)
        return
      }
    }
  }

  #exited(reason: Error): void {
    this.#process = undefined
    if (this.#isEnded) return
    if (!this.#hasJoined) {
      this.end(reason)
      return
    }
    clearTimeout(this.#timer)
    this.#joined = pending()
    const isSettled = performance.now() - this.#startedAtMs >= settledMs
    const waitMs = isSettled ? 0 : this.#waitMs
    this.#waitMs = Math.min(Math.max(2 * waitMs, firstWaitMs), maxWaitMs)
    this.#options.restarting(reason)
    if (waitMs === 0) this.#launch()
    else this.#timer = setTimeout(() => this.#launch(), waitMs)
  }
}

/** A promise that may be rejected while nobody waits for it. */
function pending<T>(): PromiseWithResolvers<T> {
  const result = Promise.withResolvers<T>()
  result.promise.catch(() => {})
  return result
}

function send(process: UtilityProcess, request: MemberRequest, ports: MessagePortMain[] = []): void {
  process.postMessage(request, ports)
}

/** The errors of `joinCluster`, by their names. */
const classes: Readonly<Record<string, new (message: string) => Error>> = {
  InvalidOptionsError,
  ListenError,
  StorageError,
}

function errorOf({ name, message }: { readonly name: string; readonly message: string }): Error {
  const ErrorClass = Object.hasOwn(classes, name) ? classes[name] : undefined
  return new (ErrorClass ?? Error)(message)
}
