/** Replica handle: the bench's handle of one replica's process. Each answer has a timeout. */
import { fileURLToPath } from 'node:url'
import { type Child, startChild } from '../../processes/process.ts'
import type { AnswerOf, Command, RequestOf } from './commands.ts'

const program = fileURLToPath(new URL('./replica-process.ts', import.meta.url))

export type SubjectName = 'hearsay' | 'y-websocket'

export interface ReplicaHandleOptions {
  readonly subject: SubjectName
  readonly name: string
  readonly hasStorage: boolean
  readonly contact: string | undefined
}

interface Waiting {
  readonly resolve: (result: never) => void
  readonly reject: (error: Error) => void
}

export class ReplicaHandle {
  readonly name: string
  /** Resolves when the process accepts commands; all modules are loaded then. */
  readonly ready: Promise<void>
  readonly #child: Child
  readonly #waiting = new Map<number, Waiting>()
  #asked = 0

  constructor({ subject, name, hasStorage, contact }: ReplicaHandleOptions) {
    this.name = name
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.ready = promise
    const output: string[] = []
    const args = [program, subject, name, String(hasStorage), ...(contact === undefined ? [] : [contact])]
    this.#child = startChild(process.execPath, args, line => {
      if (!line.startsWith('{')) {
        output.push(line)
        return
      }
      const message = JSON.parse(line)
      if (message.ready) resolve()
      else this.#answered(message)
    })
    void this.#child.exited.then(() => {
      const error = new Error(`${name} ended: ${output.slice(-12).join('\n')}`)
      reject(error)
      for (const waiting of this.#waiting.values()) waiting.reject(error)
    })
    promise.catch(() => undefined)
  }

  get pid(): number {
    return this.#child.pid
  }

  /** @throws {Error} the process failed, with its output, or did not answer in time */
  async ask<C extends Command>(command: C, request: RequestOf<C>, withinMs = 60_000): Promise<AnswerOf<C>> {
    await this.ready
    const id = ++this.#asked
    const { promise, resolve, reject } = Promise.withResolvers<AnswerOf<C>>()
    const timer = setTimeout(
      () => reject(new Error(`${this.name}: ${command} took more than ${withinMs} ms`)),
      withinMs,
    )
    this.#waiting.set(id, { resolve, reject })
    this.#child.writeLine(JSON.stringify({ id, command, request }))
    return promise.finally(() => {
      clearTimeout(timer)
      this.#waiting.delete(id)
    })
  }

  async end(): Promise<void> {
    this.#child.signal('SIGKILL')
    await this.#child.exited
  }

  #answered({ id, result, error }: { id: number; result: never; error?: string }): void {
    const waiting = this.#waiting.get(id)
    if (error !== undefined) waiting?.reject(new Error(`${this.name}: ${error}`))
    else waiting?.resolve(result)
  }
}
