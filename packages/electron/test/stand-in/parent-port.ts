/** `process.parentPort` of a utility process, in a child process of Node. Loaded before the module of the process. */
import { EventEmitter } from 'node:events'
import type { MessagePortMain } from '../../src/electron.ts'
import type { ProcessMessage } from './utility-process.ts'

class BridgedPort extends EventEmitter implements MessagePortMain {
  readonly #number: number
  #waiting: unknown[] | undefined = []

  constructor(number: number) {
    super()
    this.#number = number
  }

  /** Ports never deliver a message during this call. */
  start(): void {
    setImmediate(() => {
      const waiting = this.#waiting ?? []
      this.#waiting = undefined
      for (const data of waiting) this.emit('message', { data, ports: [] })
    })
  }

  received(data: unknown): void {
    if (this.#waiting) this.#waiting.push(data)
    else this.emit('message', { data, ports: [] })
  }

  postMessage(message: unknown): void {
    send({ type: 'port', port: this.#number, message })
  }

  close(): void {
    ports.delete(this.#number)
    send({ type: 'close', port: this.#number })
  }
}

const send = (message: ProcessMessage) => process.send?.(message)
const ports = new Map<number, BridgedPort>()
const parentPort = Object.assign(new EventEmitter(), {
  postMessage: (message: unknown) => send({ type: 'message', message, ports: [] }),
})
/** As in Electron, messages wait for the first listener. Undefined: there is one. */
let early: unknown[] | undefined = []
parentPort.once('newListener', () =>
  setImmediate(() => {
    const messages = early ?? []
    early = undefined
    for (const message of messages) received(message)
  }),
)
process.on('message', message => {
  if (early) early.push(message)
  else received(message)
})
Object.assign(process, { parentPort })
process.once('disconnect', () => process.exit())

function received(value: unknown): void {
  const message = value as ProcessMessage
  switch (message.type) {
    case 'message': {
      const transferred = message.ports.map(number => new BridgedPort(number))
      for (const [i, port] of transferred.entries()) ports.set(message.ports[i] ?? 0, port)
      parentPort.emit('message', { data: message.message, ports: transferred })
      return
    }
    case 'port':
      ports.get(message.port)?.received(message.message)
      return
    case 'close':
      ports.get(message.port)?.emit('close')
      ports.delete(message.port)
      return
  }
}
