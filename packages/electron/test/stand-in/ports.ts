/** Ports as Electron has them in its main process, over ports of Node. */
import { EventEmitter } from 'node:events'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import type { MessageChannelMain, MessagePortMain } from '../../src/electron.ts'

export class PortOfMain extends EventEmitter implements MessagePortMain {
  readonly port: MessagePort

  constructor(port: MessagePort) {
    super()
    this.port = port
    port.once('close', () => this.emit('close'))
  }

  start(): void {
    this.port.on('message', data => this.emit('message', { data, ports: [] }))
  }

  postMessage(message: unknown): void {
    this.port.postMessage(message)
  }

  close(): void {
    this.port.close()
  }
}

export class ChannelOfMain implements MessageChannelMain {
  readonly port1: PortOfMain
  readonly port2: PortOfMain

  constructor() {
    const { port1, port2 } = new MessageChannel()
    this.port1 = new PortOfMain(port1)
    this.port2 = new PortOfMain(port2)
  }
}
