/** Actor: one member of the demo, through all the processes that it is one after the other. */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { JoinOptions } from '@hearsay/core'
import type { Order, Report, Seen, Sighting } from './messages.ts'

/** What is true of its process, whatever the others believe. */
export type ActorState = 'off' | 'running' | 'stopped' | 'killed' | 'left'

export interface Identity {
  readonly id: string
  readonly incarnation: number
  readonly addresses: readonly string[]
}

const program = fileURLToPath(new URL('./demo-member.js', import.meta.url))

export class Actor {
  readonly name: string
  state: ActorState = 'off'
  identity: Identity | undefined
  /** The others, as it sees them. Empty while it does not run. */
  view: readonly Seen[] = []

  readonly #onSighting: (sighting: Sighting) => void
  #process: ChildProcess | undefined

  constructor(name: string, onSighting: (sighting: Sighting) => void) {
    this.name = name
    this.#onSighting = onSighting
  }

  /** Resolves when it is ready. Rejects with what it complained of if it ends before. */
  start(options: JoinOptions): Promise<Identity> {
    const child = fork(program, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: [] })
    this.#process = child
    this.state = 'running'
    let complaint = ''
    child.stderr?.on('data', chunk => {
      complaint += chunk
    })
    return new Promise((resolve, reject) => {
      child.once('exit', () => {
        if (this.#process === child) this.view = []
        reject(new Error(`${this.name} could not start: ${complaint.trim()}`))
      })
      child.on('message', (message: Report) => {
        if (message.report === 'sighting') this.#onSighting(message)
        if (message.report === 'view') this.view = message.of
        if (message.report !== 'ready') return
        const { id, incarnation, addresses } = message
        this.identity = { id, incarnation, addresses }
        resolve(this.identity)
      })
      this.tell({ order: 'start', options })
    })
  }

  tell(order: Order): void {
    if (order.order === 'leave') this.state = 'left'
    this.#process?.send(order, () => undefined)
  }

  kill(): void {
    this.state = 'killed'
    this.#process?.kill('SIGKILL')
  }

  stop(): void {
    this.state = 'stopped'
    this.#process?.kill('SIGSTOP')
  }

  wake(): void {
    this.state = 'running'
    this.#process?.kill('SIGCONT')
  }

  /** Ends its process, if it has one, and resolves when it is gone. */
  async end(): Promise<void> {
    const child = this.#process
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise(resolve => child.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
  }
}
