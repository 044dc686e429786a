import { stripVTControlCharacters } from 'node:util'
import decodeQR from 'qr/decode.js'
import { describe, expect, it } from 'vitest'
import { qrCode } from '../src/invite/qr-code.ts'

/** What a scanner sees: each character is two modules, one above the other. `█` is light above and below. */
function scan(lines: readonly string[]): string {
  const rows = lines.map(line => [...stripVTControlCharacters(line)])
  const scale = 4
  const width = (rows[0]?.length ?? 0) * scale
  const height = rows.length * 2 * scale
  const isLight = (x: number, y: number) => {
    const character = rows[Math.floor(y / 2)]?.[x]
    return character === '█' || character === (y % 2 === 0 ? '▀' : '▄')
  }
  const data = new Uint8Array(width * height * 4).fill(255)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      if (!isLight(Math.floor(x / scale), Math.floor(y / scale)))
        data.fill(0, (y * width + x) * 4, (y * width + x) * 4 + 3)
  return decodeQR({ width, height, data })
}

describe('a QR code', () => {
  it.each([10, 300, 1_000])('of %d characters can be scanned', length => {
    const text = `hearsay1.${'aB3-_'.repeat(length / 5)}`
    expect(scan(qrCode(text) ?? [])).toBe(text)
  })

  it('does not exist for a text that is too long', () => {
    expect(qrCode('x'.repeat(3_000))).toBeUndefined()
  })
})
