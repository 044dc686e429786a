/** A fake stream: the part of a stream that a frame reader uses. */

export class FakeStream extends EventTarget {
  status = 'open'
  readStatus = 'readable'
  /** What arrived while the stream was paused. */
  #buffer: Uint8Array[] = []
  error: string | undefined

  receive(...chunks: Uint8Array[]): void {
    for (const data of chunks) {
      if (this.status !== 'open') return
      if (this.readStatus === 'paused') this.#buffer.push(data)
      else this.dispatchEvent(Object.assign(new Event('message'), { data }))
    }
  }

  pause(): void {
    this.readStatus = 'paused'
  }

  /** Delivers in one piece what arrived meanwhile, as libp2p does. */
  resume(): void {
    this.readStatus = 'readable'
    const data = Buffer.concat(this.#buffer.splice(0))
    if (data.length > 0) this.receive(data)
  }

  abort({ message }: Error): void {
    if (this.status !== 'open') return
    this.error = message
    this.end()
  }

  end(): void {
    this.status = 'closed'
    this.dispatchEvent(new Event('close'))
  }

  async close(): Promise<void> {
    this.end()
  }
}
