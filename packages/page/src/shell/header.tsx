/** Header: the cluster, the name of this tab, and the state of the connection. */
import { type ConnectionState, useConfigValue, useConnectionStatus } from '@hearsay/react'
import { type ReactNode, useEffect } from 'react'
import { useDemo } from '../demo/demo-store.ts'
import { settings } from '../settings/settings.ts'
import { NameField } from './name-field.tsx'
import { ThemeButton } from './theme-button.tsx'

const words: Record<ConnectionState, string> = {
  joining: 'joining …',
  connected: 'connected',
  refused: 'not admitted',
  alone: 'no other member is here',
  reconnecting: 'reconnecting …',
  left: 'left',
  failed: 'could not join',
}

export function Header({ cluster }: { cluster: string }): ReactNode {
  const { status, error } = useConnectionStatus()
  const { isServed } = useDemo()
  const title = useConfigValue(settings, 'title') || cluster
  const accent = useConfigValue(settings, 'accent') ?? 'blue'
  useEffect(() => {
    document.documentElement.dataset['accent'] = accent
    document.title = `${title} · hearsay`
  }, [accent, title])
  return (
    <header className="top">
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
      <p className="connection" data-state={status} role="status">
        {words[status]}
        {error && `: ${error.message}`}
        {!isServed && ', the demo has ended'}
      </p>
      <NameField />
      <a className="button" href="." target="_blank" rel="noopener">
        Open another tab
      </a>
      <ThemeButton />
    </header>
  )
}
