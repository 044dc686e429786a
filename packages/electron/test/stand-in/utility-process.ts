/**
 * Utility processes as Electron has them, as child processes of Node.
 *
 * The messages of the ports that a process receives pass through the channel between the two processes.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { MessagePortMain, UtilityProcess, UtilityProcesses } from '../../src/electron.ts'

/** What the two processes send each other. */
export type ProcessMessage =
  | { readonly type: 'message'; readonly message: unknown; readonly ports: readonly number[] }
  | { readonly type: 'port'; readonly port: number; readonly message: unknown }
  | { readonly type: 'close'; readonly port: number }

const parentPort = fileURLToPath(new URL('parent-port.ts', import.meta.url))

export class ForkedProcess extends EventEmitter implements UtilityProcess {
  readonly child: ChildProcess
  readonly #ports = new Map<number, MessagePortMain>()
  #lastPort = 0

  constructor(modulePath: string) {
    super()
    this.child = fork(modulePath, [], {
      serialization: 'advanced',
      execArgv: ['--import', parentPort],
      stdio: 'inherit',
    })
    this.child.on('message', message => this.#received(message as ProcessMessage))
    // Without this a message to a process that has just ended would be an uncaught error.
    this.child.on('error', () => {})
    this.child.once('exit', code => {
      for (const port of this.#ports.values()) port.close()
      this.emit('exit', code ?? 1)
    })
  }

  postMessage(message: unknown, transfer: MessagePortMain[] = []): void {
    const ports = transfer.map(port => this.#bridge(port))
    this.#send({ type: 'message', message, ports })
  }

  kill(): boolean {
    return this.child.kill()
  }

  #bridge(port: MessagePortMain): number {
    const number = ++this.#lastPort
    this.#ports.set(number, port)
    port.on('message', ({ data }) => this.#send({ type: 'port', port: number, message: data }))
    port.on('close', () => {
      if (this.#ports.delete(number)) this.#send({ type: 'close', port: number })
    })
    port.start()
    return number
  }

  #send(message: ProcessMessage): void {
    if (this.child.connected) this.child.send(message)
  }

  #received(message: ProcessMessage): void {
    switch (message.type) {
      case 'message':
        this.emit('message', message.message)
        return
      case 'port':
        this.#ports.get(message.port)?.postMessage(message.message)
        return
      case 'close':
        this.#ports.get(message.port)?.close()
        this.#ports.delete(message.port)
        return
    }
  }
}

export class ForkedProcesses implements UtilityProcesses {
  /** In the order of their starts. */
  readonly all: ForkedProcess[] = []

  fork(modulePath: string): ForkedProcess {
    const process = new ForkedProcess(modulePath)
    this.all.push(process)
    return process
  }

  /** The processes that have not ended. */
  get running(): ForkedProcess[] {
    return this.all.filter(({ child }) => child.exitCode === null && child.signalCode === null)
  }

  endAll(): void {
    for (const { child } of this.running) child.kill('SIGKILL')
  }
}
