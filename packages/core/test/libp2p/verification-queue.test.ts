import type { Stream } from '@libp2p/interface'
import { describe, expect, it } from 'vitest'
import { maxVerifyingBytes, VerificationQueue } from '../../src/libp2p/verification-queue.ts'

/** A stream that knows only whether it is read. */
function openStream(): Stream {
  const stream = {
    readStatus: 'readable',
    pause() {
      stream.readStatus = 'paused'
    },
    resume() {
      stream.readStatus = 'readable'
    },
  }
  return stream as Partial<Stream> as Stream
}

const turn = () => new Promise<void>(resolve => setTimeout(resolve))

describe('a verification queue', () => {
  it('lets no stream wait up to 256 KiB', () => {
    const queue = new VerificationQueue()
    queue.add('ada', maxVerifyingBytes, new Promise(() => {}))
    expect(queue.mustWait('ada', openStream())).toBe(false)
    expect(queue.mustWait('bob', openStream())).toBe(false)
  })

  it.each(['resolves', 'rejects'])('pauses streams beyond it, until the verification %s', async end => {
    const queue = new VerificationQueue()
    const stream = openStream()
    let settle: () => void = () => {}
    const verified = new Promise<void>((resolve, reject) => {
      settle = end === 'resolves' ? resolve : () => reject(new Error('the verifier failed'))
    })
    const added = queue.add('ada', maxVerifyingBytes + 1, verified)
    added.catch(() => {})
    expect(queue.mustWait('ada', stream)).toBe(true)
    await turn()
    expect(stream.readStatus).toBe('paused')
    settle()
    await turn()
    expect(stream.readStatus).toBe('readable')
    expect(queue.mustWait('ada', stream)).toBe(false)
  })
})
