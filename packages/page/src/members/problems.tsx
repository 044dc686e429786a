/** Problems: the problems in the health of this member, most important first. */
import { useHealth } from '@hearsay/react'
import type { ReactNode } from 'react'

export function Problems(): ReactNode {
  const problems = useHealth(({ problems }) => problems) ?? []
  return (
    <section className="problems" aria-label="Problems">
      <div role="status">
        <ul>
          {problems.map(({ name, text }) => (
            <li key={name}>
              <b>{name}</b> {text}
            </li>
          ))}
        </ul>
      </div>
    </section>
  )
}
