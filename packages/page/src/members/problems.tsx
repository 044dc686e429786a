/** Problems: what the health of this member names, most important first; and that nothing is known to be wrong. */
import { useHealth } from '@hearsay/react'
import type { ReactNode } from 'react'

export function Problems(): ReactNode {
  const problems = useHealth(({ problems }) => problems) ?? []
  return (
    <section className="problems" aria-label="Problems">
      <ul role="status">
        {problems.map(({ name, text }) => (
          <li key={name}>
            <b>{name}</b> {text}
          </li>
        ))}
      </ul>
    </section>
  )
}
