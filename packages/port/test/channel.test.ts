import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { openChannel } from '../src/channel.ts'

describe('a channel', () => {
  it('sends nothing after it was closed, also over a port that would throw', () => {
    const port = new BroadcastChannel(randomUUID())
    const channel = openChannel(port, { received() {}, closed() {} })
    channel.post('before')
    channel.close()
    expect(() => port.postMessage('after')).toThrow()
    expect(() => channel.post('after')).not.toThrow()
  })
})
