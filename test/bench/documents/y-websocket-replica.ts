/**
 * y-websocket replica: a client of the y-websocket server. On that server, each document is a separate room.
 */
import WebSocket from 'ws'
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'
import type { OpenDocument, Replica, ReplicaOptions } from './replica.ts'

export class YWebsocketReplica implements Replica {
  readonly #options: ReplicaOptions
  readonly #providers = new Map<string, WebsocketProvider>()
  readonly suspicions = null
  readonly storedBytes = null

  constructor(options: ReplicaOptions) {
    this.#options = options
  }

  async start(): Promise<undefined> {}

  async open(name: string): Promise<OpenDocument> {
    const { contact } = this.#options
    if (contact === undefined) throw new Error('y-websocket needs its server')
    const doc = new Y.Doc()
    const provider = new WebsocketProvider(contact, name, doc, {
      // The README of y-websocket shows this for Node. The types of the two WebSockets differ only in the
      // events.
      WebSocketPolyfill: WebSocket as unknown as typeof globalThis.WebSocket,
      disableBc: true,
    })
    this.#providers.set(name, provider)
    return { doc, stored: async () => {} }
  }

  show(name: string, number: number): void {
    this.#provider(name).awareness.setLocalState({ number })
  }

  watch(name: string, changed: (other: string) => void): void {
    const { awareness } = this.#provider(name)
    awareness.on('change', ({ added, updated }: { added: number[]; updated: number[] }) => {
      for (const client of [...added, ...updated]) if (client !== awareness.clientID) changed(String(client))
    })
  }

  async leave(): Promise<void> {
    for (const provider of this.#providers.values()) {
      provider.destroy()
      provider.doc.destroy()
    }
    this.#providers.clear()
  }

  #provider(name: string): WebsocketProvider {
    const provider = this.#providers.get(name)
    if (!provider) throw new Error(`${name} is not open`)
    return provider
  }
}
