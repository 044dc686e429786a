import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeProbe, encodeSync, syncMessage } from '../../src/wire/codec.ts'
import { decodeHello, encodeHello } from '../../src/wire/hello.ts'
import * as limits from '../../src/wire/limits.ts'
import { encodeSpaceFrame } from '../../src/wire/space-codec.ts'
import { hello } from './codec-arbitraries.ts'
import { field, join } from './codec-helpers.ts'

const cluster = new Uint8Array(16).fill(0xcc)

describe('the first frame on a stream', () => {
  it('is decoded to the hello that was encoded', () => {
    fc.assert(
      fc.property(hello, hello => {
        expect(decodeHello(encodeHello(hello))).toEqual({ ok: true, value: hello })
      }),
    )
  })

  it.each([15, 17])('is rejected if its cluster tag has %i bytes', length => {
    const frame = encodeHello({ cluster: new Uint8Array(length), epochMs: 1 })
    expect(decodeHello(frame)).toMatchObject({ failure: { type: 'invalid' } })
  })

  it.each<[string, Uint8Array]>([
    ['an empty frame', new Uint8Array()],
    ['a probe message', encodeProbe({ type: 'ping', seq: 7 })],
    ['a sync message', encodeSync(syncMessage({ offer: true }))],
    ['a space frame', encodeSpaceFrame([{ space: '00'.repeat(12) }])],
  ])('is rejected if it is %s', (_, frame) => {
    expect(decodeHello(frame)).toMatchObject({ failure: { type: 'invalid' } })
  })

  it('may have fields of a later version', () => {
    const frame = join(encodeHello({ cluster, epochMs: 1 }), field(77, Uint8Array.of(1)))
    expect(decodeHello(frame)).toEqual({ ok: true, value: { cluster, epochMs: 1 } })
  })

  it('may be as long as the longest frame, and not longer', () => {
    const frame = encodeHello({ cluster, epochMs: 1 })
    const padded = (bytes: number) => join(frame, field(77, new Uint8Array(bytes - frame.length - 5)))
    expect(decodeHello(padded(limits.maxFrameBytes)).ok).toBe(true)
    expect(decodeHello(padded(limits.maxFrameBytes + 1))).toMatchObject({ failure: { type: 'too-large' } })
  })
})
