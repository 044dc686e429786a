/** Actor: one member of the demo, through all the processes that it is one after the other. */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { JoinOptions } from '@hearsay/core'
import type { ProcessState } from '@hearsay/page/contract'
import type { Order, Report, Seen, Sighting } from './messages.ts'

export interface Identity {
  readonly id: string
  readonly incarnation: number
  readonly addresses: readonly string[]
}

export interface ActorListener {
  sighted(sighting: Sighting): void
  /** Its state or its identity is another. */
  changed(): void
}

const program = fileURLToPath(new URL('./demo-member.js', import.meta.url))

export class Actor {
  readonly name: string
  identity: Identity | undefined
  /** The others, as it sees them. Empty while it does not run. */
  view: readonly Seen[] = []

  readonly #listener: ActorListener
  #state: ProcessState = 'off'
  #process: ChildProcess | undefined

  constructor(name: string, listener: ActorListener) {
    this.name = name
    this.#listener = listener
  }

  get state(): ProcessState {
    return this.#state
  }

  /** Resolves when it is ready. Rejects with what it complained of if it ends before. */
  start(options: JoinOptions): Promise<Identity> {
    const child = fork(program, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: [] })
    this.#process = child
    this.#become('running')
    let complaint = ''
    child.stderr?.on('data', chunk => {
      complaint += chunk
    })
    return new Promise((resolve, reject) => {
      child.once('exit', () => {
        if (this.#process === child) this.#ended()
        reject(new Error(`${this.name} could not start: ${complaint.trim()}`))
      })
      child.on('message', (message: Report) => {
        if (message.report === 'sighting') this.#listener.sighted(message)
        if (message.report === 'view') this.view = message.of
        if (message.report !== 'ready') return
        const { id, incarnation, addresses } = message
        this.identity = { id, incarnation, addresses }
        this.#listener.changed()
        resolve(this.identity)
      })
      this.#tell({ order: 'start', options })
    })
  }

  tag(key: string, value: string): void {
    this.#tell({ order: 'tag', key, value })
  }

  leave(): void {
    this.#become('left')
    this.#tell({ order: 'leave' })
  }

  kill(): void {
    this.#become('killed')
    this.#process?.kill('SIGKILL')
  }

  freeze(): void {
    this.#become('frozen')
    this.#process?.kill('SIGSTOP')
  }

  thaw(): void {
    this.#become('running')
    this.#process?.kill('SIGCONT')
  }

  cut(): void {
    this.#become('cut')
    this.#tell({ order: 'cut' })
  }

  heal(): void {
    this.#become('running')
    this.#tell({ order: 'heal' })
  }

  /** Ends its process, if it has one, and resolves when it is gone. */
  async end(): Promise<void> {
    const child = this.#process
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise(resolve => child.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
  }

  #tell(order: Order): void {
    this.#process?.send(order, () => undefined)
  }

  #become(state: ProcessState): void {
    this.#state = state
    this.#listener.changed()
  }

  #ended(): void {
    this.view = []
    // Of its own: nobody asked for it.
    if (this.#state !== 'left') this.#become('killed')
  }
}
