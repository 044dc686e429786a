/** TCP proxy: forwards connections to one port of this computer, and can delay or drop them. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { vi } from 'vitest'

interface Passage {
  readonly near: Socket
  far: Socket | undefined
}

export class TcpProxy {
  readonly #server = createServer({ allowHalfOpen: false }, near => this.#accept(near))
  readonly #passages: Passage[] = []
  #targetPort: number | undefined

  /** Resolves with the multiaddr at which it listens. Delays incoming connections until it is opened. */
  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return `/ip4/127.0.0.1/tcp/${(this.#server.address() as AddressInfo).port}`
  }

  /** Forwards all connections to this multiaddr from now on. */
  open(address: string): void {
    this.#targetPort = Number(/\/tcp\/(\d+)/.exec(address)?.[1])
    for (const passage of this.#passages) this.#letThrough(passage)
  }

  /** Connections that are open at both ends. */
  get standing(): number {
    return this.#passages.filter(({ near, far }) => !near.closed && far && !far.closed).length
  }

  /** Resolves when this number of connections has arrived. */
  async callers(count: number): Promise<void> {
    await vi.waitUntil(() => this.#passages.length >= count, { timeout: 30_000 })
  }

  /** Closes the connections of one end; the other end receives nothing any more. Resolves when the other end closes them. */
  async goSilentFor(end: 'near' | 'far'): Promise<void> {
    const givenUp = this.#passages.map(async passage => {
      const [silent, closed] = end === 'near' ? [passage.near, passage.far] : [passage.far, passage.near]
      silent?.removeAllListeners('data').resume()
      closed?.removeAllListeners('close').destroy()
      // Not `once`: a reset also counts as the end.
      if (silent && !silent.closed) await new Promise(resolve => silent.once('close', resolve))
    })
    await Promise.all(givenUp)
  }

  close(): void {
    this.#server.close()
    for (const { near, far } of this.#passages) {
      near.destroy()
      far?.destroy()
    }
  }

  #accept(near: Socket): void {
    near.pause().on('error', () => {})
    const passage: Passage = { near, far: undefined }
    this.#passages.push(passage)
    this.#letThrough(passage)
  }

  #letThrough(passage: Passage): void {
    if (this.#targetPort === undefined || passage.far) return
    const { near } = passage
    const far = connect(this.#targetPort, '127.0.0.1').setNoDelay()
    passage.far = far
    for (const [from, to] of [
      [near.setNoDelay(), far],
      [far, near],
    ] as const) {
      from.on('data', data => to.write(data))
      from.on('error', () => {})
      from.on('close', () => to.destroy())
    }
    near.resume()
  }
}
