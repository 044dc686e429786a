import 'react'

declare module 'react' {
  interface CSSProperties {
    /** A member's colour, in degrees on the colour wheel. */
    '--hue'?: number
  }
}
