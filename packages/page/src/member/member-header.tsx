/** Member header: the cluster, the member that the page is a view of, and whether the page is connected to it. */
import { useConnectionStatus, useSelf } from '@hearsay/react'
import { type ReactNode, useEffect } from 'react'
import { Brand } from '../shell/brand.tsx'
import { connectionWords } from '../shell/connection-words.ts'
import { ThemeButton } from '../shell/theme-button.tsx'
import { useMemberLink } from './member-link.ts'

export function MemberHeader({ cluster }: { cluster: string }): ReactNode {
  const { status } = useConnectionStatus()
  const { isOpen, isWritable, sinceMs } = useMemberLink()
  const name = useSelf(({ name }) => name)
  useEffect(() => {
    document.title = `${cluster} · hearsay`
  }, [cluster])
  return (
    <header className="top">
      <Brand title={cluster} />
      <p className="connection" data-state={isOpen ? status : 'failed'} role="status">
        {isOpen
          ? `${name ?? ''} is ${status === 'alone' ? 'alone' : connectionWords[status]}`
          : `no connection to ${name ?? 'the member'} since ${new Date(sinceMs).toLocaleTimeString()}: the page shows its last state. Are the member and hearsay page running?`}
      </p>
      <span className="badge">{isWritable ? 'may change this member' : 'read-only'}</span>
      <ThemeButton />
    </header>
  )
}
