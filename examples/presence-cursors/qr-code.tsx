/** QR code of a text. The code that makes a QR code is loaded with the first QR code. */
import { type ReactNode, useEffect, useState } from 'react'

/** Four modules, as ISO/IEC 18004 demands. */
const border = 4

export function QrCode({ text, label }: { readonly text: string; readonly label: string }): ReactNode {
  const [rows, setRows] = useState<readonly (readonly boolean[])[]>([])
  useEffect(() => {
    let isCurrent = true
    void encode(text).then(rows => isCurrent && setRows(rows))
    return () => {
      isCurrent = false
    }
  }, [text])
  const path = rows.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : [])))
  const size = Math.max(1, rows.length)
  return (
    <svg
      className="qr"
      role="img"
      aria-label={label}
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
    >
      <path d={path.join('')} />
    </svg>
  )
}

/** The lowest error correction: a screen is neither dirty nor torn, and larger modules are easier to scan. */
async function encode(text: string): Promise<boolean[][]> {
  const { encodeQR } = await import('qr')
  return encodeQR(text, 'raw', { ecc: 'low', border })
}
