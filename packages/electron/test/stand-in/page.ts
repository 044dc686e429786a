/** Pages of windows as Electron has them: each has its window, its frame, and the built preload script. */
import { EventEmitter } from 'node:events'
import { readFileSync } from 'node:fs'
import { runInNewContext } from 'node:vm'
import type { MessagePort } from 'node:worker_threads'
import type { Frame, InvokeEvent, IpcMain, MessagePortMain, WebContents } from '../../src/electron.ts'
import type { PageWindow } from '../../src/page-port.ts'
import type { PortOfMain } from './ports.ts'

const preload = readFileSync(new URL('../../dist/preload.cjs', import.meta.url), 'utf8')

export class IpcOfMain implements IpcMain {
  readonly #handlers = new Map<string, Parameters<IpcMain['handle']>[1]>()

  handle(channel: string, listener: Parameters<IpcMain['handle']>[1]): void {
    if (this.#handlers.has(channel)) throw new Error(`second handler for '${channel}'`)
    this.#handlers.set(channel, listener)
  }

  removeHandler(channel: string): void {
    this.#handlers.delete(channel)
  }

  async invoke(event: InvokeEvent, channel: string, ...values: unknown[]): Promise<unknown> {
    const handler = this.#handlers.get(channel)
    if (!handler) throw new Error(`No handler registered for '${channel}'`)
    return structuredClone(await handler(event, ...values))
  }
}

export interface PageOptions {
  readonly origin?: string
  /** The page is inside of another page. */
  readonly isInside?: boolean
  readonly contents?: WebContents
  /** @default true */
  readonly hasPreload?: boolean
}

export class Page extends EventTarget {
  readonly origin: string
  readonly contents: WebContents
  /** What the page has received. */
  readonly messages: unknown[] = []
  readonly #ports: MessagePort[] = []
  #isDestroyed = false

  constructor(ipcMain: IpcOfMain, options: PageOptions = {}) {
    super()
    const { origin = 'file://', isInside = false, contents, hasPreload = true } = options
    this.origin = origin
    this.contents = contents ?? { isDestroyed: () => this.#isDestroyed }
    const ipcRenderer = new EventEmitter()
    const frame: Frame = {
      origin,
      url: `${origin}/index.html`,
      parent: isInside ? {} : null,
      isDestroyed: () => this.#isDestroyed,
      postMessage: (channel: string, message: unknown, transfer: MessagePortMain[] = []) => {
        const ports = transfer.map(port => (port as PortOfMain).port)
        this.#ports.push(...ports)
        ipcRenderer.emit(channel, { ports }, structuredClone(message))
      },
    }
    const event = { sender: this.contents, senderFrame: frame }
    const electron = {
      ipcRenderer: Object.assign(ipcRenderer, {
        invoke: (channel: string, ...values: unknown[]) => ipcMain.invoke(event, channel, ...values),
      }),
    }
    const require = (name: string) => {
      if (name !== 'electron') throw new Error(`a sandboxed preload script cannot load '${name}'`)
      return electron
    }
    if (hasPreload) runInNewContext(preload, { require, window: this })
  }

  get window(): PageWindow {
    return this as unknown as PageWindow
  }

  /** @param source the window that sends, if it is not this one */
  postMessage(
    message: unknown,
    target: string,
    ports: readonly MessagePort[] = [],
    source: object = this,
  ): void {
    if (target !== '/') throw new Error('a message to any origin')
    const data = structuredClone(message)
    this.messages.push(data)
    const event = Object.assign(new Event('message'), { data, ports, source, origin: this.origin })
    queueMicrotask(() => this.dispatchEvent(event))
  }

  /** The window is closed, or shows another page. */
  close(): void {
    this.#isDestroyed = true
    for (const port of this.#ports) port.close()
  }
}
