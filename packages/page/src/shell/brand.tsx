/** Brand: the mark and the name of hearsay, with the name of the cluster. */
import type { ReactNode } from 'react'

export const Brand = ({ title }: { title: string }): ReactNode => (
  <h1>
    <svg viewBox="0 0 32 32" aria-hidden="true">
      <circle cx="16" cy="16" r="11" />
      <path d="M16 5 25.5 21.5 6.5 21.5Z" />
      <g>
        <circle cx="16" cy="5" r="4" />
        <circle cx="25.5" cy="21.5" r="4" />
        <circle cx="6.5" cy="21.5" r="4" />
      </g>
    </svg>
    hearsay <span>{title}</span>
  </h1>
)
