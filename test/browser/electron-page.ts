/**
 * Electron page: gives a page in Chromium what a window of Electron gives it: the built preload script, and ports.
 *
 * Each port is a WebSocket to this process, which serves a real member over it.
 */
import { readFile } from 'node:fs/promises'
import { type Cluster, joinCluster } from '@hearsay/core'
import { type Port, serveCluster } from '@hearsay/port'
import type { Page } from 'playwright-core'
import { type WebSocket as ServerSocket, WebSocketServer } from 'ws'

const preloadPath = new URL('../../packages/electron/dist/preload.cjs', import.meta.url)

export class ElectronPages {
  readonly member: Cluster
  readonly #server: WebSocketServer

  private constructor(member: Cluster, server: WebSocketServer) {
    this.member = member
    this.#server = server
    server.on('connection', (socket, { url = '' }) => {
      serveCluster(member, portOver(socket), { view: url.slice(1) })
    })
  }

  static async start(cluster: string): Promise<ElectronPages> {
    const member = await joinCluster({
      cluster,
      name: 'device',
      listen: ['/ip4/127.0.0.1/tcp/0'],
      mdns: false,
    })
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
    await new Promise(resolve => server.once('listening', resolve))
    return new ElectronPages(member, server)
  }

  async prepare(page: Page): Promise<void> {
    const { port } = this.#server.address() as { port: number }
    await page.addInitScript(inPage, { port, preload: await readFile(preloadPath, 'utf8') })
  }

  /** Closes all ports, as if the process of the member had ended. */
  closePorts(): void {
    for (const socket of this.#server.clients) socket.terminate()
  }

  async close(): Promise<void> {
    this.closePorts()
    this.#server.close()
    await this.member.leave()
  }
}

function portOver(socket: ServerSocket): Port {
  const events = new EventTarget()
  socket.on('message', text =>
    events.dispatchEvent(Object.assign(new Event('message'), { data: JSON.parse(`${text}`, revive) })),
  )
  socket.on('close', () => events.dispatchEvent(new Event('close')))
  return {
    postMessage: message => socket.send(JSON.stringify(message, replace)),
    addEventListener: (type, listener) => events.addEventListener(type, listener),
    removeEventListener: (type, listener) => events.removeEventListener(type, listener),
    close: () => socket.close(),
  }
}

/** JSON has no bytes. */
const replace = (_: string, value: unknown): unknown =>
  value instanceof Uint8Array ? { bytes: [...value] } : value

const revive = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'bytes' in value && Array.isArray(value.bytes)
    ? new Uint8Array(value.bytes)
    : value

/** Runs in the page, before its own scripts. It cannot use anything outside of itself. */
function inPage({ port: serverPort, preload }: { port: number; preload: string }): void {
  type Listener = (event: { ports: readonly MessagePort[] }, request: string) => void
  const listeners: Listener[] = []
  const ipcRenderer = {
    on: (_: string, listener: Listener) => listeners.push(listener),
    invoke(_: string, request: string, view: string) {
      const { port1, port2 } = new MessageChannel()
      const socket = new WebSocket(`ws://127.0.0.1:${serverPort}/${view}`)
      port1.onmessage = ({ data }) =>
        socket.send(
          JSON.stringify(data, (_, value) => (value instanceof Uint8Array ? { bytes: [...value] } : value)),
        )
      socket.onmessage = ({ data }) =>
        port1.postMessage(
          JSON.parse(data, (_, value) => (Array.isArray(value?.bytes) ? new Uint8Array(value.bytes) : value)),
        )
      // Unlike Electron, Chromium does not tell a port that its other end has closed.
      const received = ({ data, ports: [port] }: MessageEvent) => {
        if (data?.request !== request || !port) return
        removeEventListener('message', received)
        socket.onclose = () => port.dispatchEvent(new Event('close'))
      }
      addEventListener('message', received)
      return new Promise<void>((resolve, reject) => {
        socket.onerror = () => reject(new Error('no connection'))
        socket.onopen = () => {
          for (const listener of listeners) listener({ ports: [port2] }, request)
          resolve()
        }
      })
    },
  }
  new Function('require', preload)(() => ({ ipcRenderer }))
}
