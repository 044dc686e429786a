/** QR code of a text. The library for QR codes is loaded with the first of them. */
import { type ReactNode, useEffect, useState } from 'react'

/** Four modules, as ISO/IEC 18004 demands. */
const border = 4

export function QrCode({ text, label }: { readonly text: string; readonly label: string }): ReactNode {
  const [drawn, setDrawn] = useState<Drawn | 'failed'>()
  useEffect(() => {
    let isCurrent = true
    draw(text).then(
      drawn => isCurrent && setDrawn(drawn),
      () => isCurrent && setDrawn('failed'),
    )
    return () => {
      isCurrent = false
    }
  }, [text])
  if (drawn === 'failed') return <p className="hint">Too long for a QR code.</p>
  const size = drawn?.size ?? 1
  return (
    <svg
      className="qr"
      role="img"
      aria-label={label}
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
    >
      <path d={drawn?.path ?? ''} />
    </svg>
  )
}

interface Drawn {
  /** In modules, with the border. */
  readonly size: number
  readonly path: string
}

/** The lowest error correction: a screen is neither dirty nor torn, and larger modules are easier to scan. */
async function draw(text: string): Promise<Drawn> {
  const { encodeQR } = await import('qr')
  const rows = encodeQR(text, 'raw', { ecc: 'low', border })
  const path = rows
    .flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : [])))
    .join('')
  return { size: rows.length, path }
}
