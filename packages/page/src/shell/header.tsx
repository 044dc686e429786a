/** Header: the cluster, the name of this tab, and the state of the connection. */
import { useConfigValue, useConnectionStatus } from '@hearsay/react'
import { type ReactNode, useEffect } from 'react'
import { useDemo } from '../demo/demo-store.ts'
import { settings } from '../settings/settings.ts'
import { Brand } from './brand.tsx'
import { connectionWords } from './connection-words.ts'
import { NameField } from './name-field.tsx'
import { ThemeButton } from './theme-button.tsx'

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
      <Brand title={title} />
      <p className="connection" data-state={status} role="status">
        {connectionWords[status]}
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
