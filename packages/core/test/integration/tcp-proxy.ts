/** TCP proxy: stands before one port of this machine, and can hold back or lose what passes through it. */
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

  /** Resolves with the multiaddr at which it listens. It holds who comes until it is opened. */
  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return `/ip4/127.0.0.1/tcp/${(this.#server.address() as AddressInfo).port}`
  }

  /** Lets everybody through from now on, to this multiaddr. */
  open(address: string): void {
    this.#targetPort = Number(/\/tcp\/(\d+)/.exec(address)?.[1])
    for (const passage of this.#passages) this.#letThrough(passage)
  }

  /** Connections that stand at both ends. */
  get standing(): number {
    return this.#passages.filter(({ near, far }) => !near.closed && far && !far.closed).length
  }

  /** Resolves when so many have come. */
  async callers(count: number): Promise<void> {
    await vi.waitUntil(() => this.#passages.length >= count, { timeout: 30_000 })
  }

  /** One end hears that its connections closed; the other hears nothing any more. Resolves when that one gives up. */
  async goSilentFor(end: 'near' | 'far'): Promise<void> {
    const givenUp = this.#passages.map(async passage => {
      const [silent, told] = end === 'near' ? [passage.near, passage.far] : [passage.far, passage.near]
      silent?.removeAllListeners('data').resume()
      told?.removeAllListeners('close').destroy()
      // Not `once`: a reset is an end like any other.
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
