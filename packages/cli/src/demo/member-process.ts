/** Member process: one member of the demo, and the process in which it runs now. A restarted member has a new process. */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { JoinOptions } from '@hearsay/core'
import type { ProcessState } from '@hearsay/page/contract'
import type { Command, MemberSnapshot, ObservedEvent, Report } from './messages.ts'

export interface Identity {
  readonly id: string
  readonly incarnation: number
  readonly addresses: readonly string[]
}

export interface ProcessListener {
  observed(event: ObservedEvent): void
  /** The state or the identity of the process changed. */
  changed(): void
}

const program = fileURLToPath(new URL('./demo-member.js', import.meta.url))

export class MemberProcess {
  readonly name: string
  identity: Identity | undefined
  /** The other members as this member sees them. Empty while the process does not run. */
  snapshots: readonly MemberSnapshot[] = []

  readonly #listener: ProcessListener
  #state: ProcessState = 'off'
  #process: ChildProcess | undefined

  constructor(name: string, listener: ProcessListener) {
    this.name = name
    this.#listener = listener
  }

  get state(): ProcessState {
    return this.#state
  }

  /**
   * Resolves when the member is ready. Rejects with the process's stderr output if the process ends
   * before that.
   */
  start(options: JoinOptions): Promise<Identity> {
    const child = fork(program, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: [] })
    this.#process = child
    this.#setState('running')
    let errors = ''
    child.stderr?.on('data', chunk => {
      errors += chunk
    })
    return new Promise((resolve, reject) => {
      child.once('exit', () => {
        if (this.#process === child) this.#ended()
        reject(new Error(`${this.name} could not start: ${errors.trim()}`))
      })
      child.on('message', (message: Report) => {
        if (message.report === 'event') this.#listener.observed(message)
        if (message.report === 'view') this.snapshots = message.of
        if (message.report !== 'ready') return
        const { id, incarnation, addresses } = message
        this.identity = { id, incarnation, addresses }
        this.#listener.changed()
        resolve(this.identity)
      })
      this.#send({ order: 'start', options })
    })
  }

  tag(key: string, value: string): void {
    this.#send({ order: 'tag', key, value })
  }

  leave(): void {
    this.#setState('left')
    this.#send({ order: 'leave' })
  }

  kill(): void {
    this.#setState('killed')
    this.#process?.kill('SIGKILL')
  }

  freeze(): void {
    this.#setState('frozen')
    this.#process?.kill('SIGSTOP')
  }

  thaw(): void {
    this.#setState('running')
    this.#process?.kill('SIGCONT')
  }

  cut(): void {
    this.#setState('cut')
    this.#send({ order: 'cut' })
  }

  heal(): void {
    this.#setState('running')
    this.#send({ order: 'heal' })
  }

  /** Ends its process, if there is one, and resolves when the process has exited. */
  async end(): Promise<void> {
    const child = this.#process
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const exited = new Promise(resolve => child.once('exit', resolve))
    child.kill('SIGKILL')
    await exited
  }

  #send(order: Command): void {
    this.#process?.send(order, () => undefined)
  }

  #setState(state: ProcessState): void {
    this.#state = state
    this.#listener.changed()
  }

  #ended(): void {
    this.snapshots = []
    // Unless the member was asked to leave, its process ended by itself.
    if (this.#state !== 'left') this.#setState('killed')
  }
}
