/** A fake stream: the part of a stream that a frame reader uses. */

export class FakeStream extends EventTarget {
  status = 'open'
  error: string | undefined

  receive(...chunks: Uint8Array[]): void {
    for (const data of chunks) {
      if (this.status !== 'open') return
      this.dispatchEvent(Object.assign(new Event('message'), { data }))
    }
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
