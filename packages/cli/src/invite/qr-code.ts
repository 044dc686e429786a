/** QR code: a text as a QR code for a terminal, two rows of modules a line. */
import { styleText } from 'node:util'
import { encodeQR } from 'qr'

/** The lines; undefined: the text is too long for a QR code. */
export function qrCode(text: string): readonly string[] | undefined {
  let code: string
  try {
    // Low error correction gives the smallest code. A screen is not damaged.
    code = encodeQR(text, 'ascii', { ecc: 'low' })
  } catch {
    return undefined
  }
  // With these colours, the code is dark on light in every terminal; without colours, only in dark terminals.
  return code
    .split('\n')
    .filter(line => line !== '')
    .map(line => styleText(['whiteBright', 'bgBlack'], line))
}
