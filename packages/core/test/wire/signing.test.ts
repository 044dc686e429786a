import { describe, expect, it } from 'vitest'
import { signedBytes, signedSpaceBytes } from '../../src/wire/signing.ts'

const cluster = new Uint8Array(16).fill(0xcc)
const space = 'b0'.repeat(12)
const payload = Uint8Array.of(1, 2, 3)

/** `hearsay/1` in UTF-8. */
const domain = '686561727361792f31'

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

describe('the signed bytes', () => {
  it.each([
    ['record', '02'],
    ['heartbeat', '03'],
    ['suspicion', '04'],
  ] as const)('of a %s contain its kind and the cluster', (type, kind) => {
    expect(hex(signedBytes(cluster, { type, payload }))).toBe(`${domain}${kind}${'cc'.repeat(16)}010203`)
  })

  it.each([
    ['field', '10'],
    ['entry', '11'],
    ['update', '12'],
    ['event', '13'],
    ['change', '14'],
  ] as const)('of a space fact of the kind %s contain its kind, the cluster and the space', (type, kind) => {
    expect(hex(signedSpaceBytes(cluster, space, { type, payload }))).toBe(
      `${domain}${kind}${'cc'.repeat(16)}${space}010203`,
    )
  })
})
