/** Subject: one of the two compared systems with all its processes: the replicas, and a server if it needs one. */
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { type Child, startChild } from '../../processes/process.ts'
import { ReplicaHandle, type SubjectName } from './replica-handle.ts'

export const subjects: readonly SubjectName[] = ['hearsay', 'y-websocket']

const { resolve } = createRequire(import.meta.url)

export class Subject {
  readonly name: SubjectName
  readonly replicas: ReplicaHandle[] = []
  #server: Child | undefined
  #contact: string | undefined

  private constructor(name: SubjectName) {
    this.name = name
  }

  static async start(name: SubjectName): Promise<Subject> {
    const subject = new Subject(name)
    if (name === 'y-websocket') await subject.#startServer()
    return subject
  }

  /** Ids of all processes. */
  get pids(): number[] {
    return [...(this.#server ? [this.#server.pid] : []), ...this.replicas.map(({ pid }) => pid)]
  }

  /** A process that has loaded its modules, and has not joined yet. */
  async add({ hasStorage = false } = {}): Promise<ReplicaHandle> {
    const name = `m${this.replicas.length}`
    const replica = new ReplicaHandle({ subject: this.name, name, hasStorage, contact: this.#contact })
    this.replicas.push(replica)
    await replica.ready
    return replica
  }

  /** A process that has joined. */
  async join(options: { hasStorage?: boolean } = {}): Promise<ReplicaHandle> {
    const replica = await this.add(options)
    const address = await replica.ask('start', undefined)
    this.#contact ??= address ?? undefined
    return replica
  }

  async end(): Promise<void> {
    await Promise.all(this.replicas.map(replica => replica.end()))
    this.#server?.signal('SIGKILL')
    await this.#server?.exited
  }

  async #startServer(): Promise<void> {
    const program = join(dirname(resolve('@y/websocket-server/package.json')), 'src', 'server.js')
    const port = await freePort()
    const started = Promise.withResolvers<void>()
    // The server reads host and port from its environment only.
    const args = [
      '-e',
      `process.env.HOST='127.0.0.1';process.env.PORT='${port}';import(process.argv[1])`,
      program,
    ]
    this.#server = startChild(process.execPath, args, line => {
      if (line.startsWith('running at')) started.resolve()
    })
    void this.#server.exited.then(() => started.reject(new Error('the server of y-websocket ended')))
    await started.promise
    this.#contact = `ws://127.0.0.1:${port}`
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject()))
    })
  })
}
