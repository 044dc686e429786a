/** Reads the QR code that a page shows, as a camera would. */
import type { Page } from 'playwright-core'
import { decodeQR } from 'qr/decode.js'

/** Pixels of the picture: about four for each module of the largest code. */
const size = 720

/** @returns the text in the page's QR code */
export async function readQrCode(page: Page): Promise<string> {
  await page.locator('svg.qr path[d^=M]').waitFor({ state: 'attached', timeout: 30_000 })
  // No image: the policy of a page may forbid images that it does not load from its server.
  const dark = await page.evaluate(size => {
    const svg = document.querySelector('svg.qr') as SVGSVGElement
    const { fill, backgroundColor } = getComputedStyle(svg)
    const canvas = Object.assign(document.createElement('canvas'), { width: size, height: size })
    const context = canvas.getContext('2d') as CanvasRenderingContext2D
    context.fillStyle = backgroundColor
    context.fillRect(0, 0, size, size)
    context.scale(size / svg.viewBox.baseVal.width, size / svg.viewBox.baseVal.height)
    context.fillStyle = fill
    context.fill(new Path2D(svg.querySelector('path')?.getAttribute('d') ?? ''))
    const { data } = context.getImageData(0, 0, size, size)
    return Array.from({ length: size * size }, (_, i) => ((data[i * 4] ?? 0) < 128 ? 1 : 0)).join('')
  }, size)
  const data = new Uint8Array(size * size * 4).fill(255)
  for (const [i, bit] of [...dark].entries()) if (bit === '1') data.fill(0, i * 4, i * 4 + 3)
  return decodeQR({ width: size, height: size, data })
}
