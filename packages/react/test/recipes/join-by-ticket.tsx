import { decodeTicket, joinCluster } from '@hearsay/core'
import { type FormEvent, type ReactNode, useEffect, useState } from 'react'
import { ClusterProvider, useConnectionStatus } from '../../src/index.ts'

/** Joins with the ticket in the address, with the stored ticket of the last visit, or with a ticket that the user pastes. */
export function JoinByTicket({ children }: { children: ReactNode }) {
  // Undefined: not yet looked for. Empty: there is none.
  const [ticket, setTicket] = useState<string>()
  const [attempt, setAttempt] = useState(0)
  useEffect(() => {
    const take = () => setTicket(takeTicket())
    take()
    // A link that is pasted into the address bar of this page loads no page.
    addEventListener('hashchange', take)
    return () => removeEventListener('hashchange', take)
  }, [])
  if (ticket === undefined) return null
  if (ticket === '') return <TicketForm onTicket={setTicket} />
  const forget = () => {
    localStorage.removeItem('ticket')
    setTicket('')
  }
  return (
    <ClusterProvider key={`${attempt} ${ticket}`} cluster={() => joinCluster({ ticket, storage: 'atlas' })}>
      <WhenJoined retry={() => setAttempt(attempt + 1)} forget={forget}>
        {children}
      </WhenJoined>
    </ClusterProvider>
  )
}

/** Moves the ticket from the address bar into the storage: it must not be shown or bookmarked, but each visit needs it. */
function takeTicket() {
  const { hash, href, pathname, search } = location
  if (!hash.includes('hearsay=')) return localStorage.getItem('ticket') ?? ''
  history.replaceState(history.state, '', pathname + search)
  localStorage.setItem('ticket', href)
  return href
}

function TicketForm({ onTicket }: { onTicket: (ticket: string) => void }) {
  const [error, setError] = useState('')
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const text = `${new FormData(event.currentTarget).get('ticket')}`
    try {
      decodeTicket(text)
      localStorage.setItem('ticket', text)
      onTicket(text)
    } catch (error) {
      setError((error as Error).message)
    }
  }
  return (
    <form onSubmit={submit}>
      <label>
        Paste the link or the ticket that you were given.
        <textarea name="ticket" required />
      </label>
      <p role="alert">{error}</p>
      <button type="submit">Join</button>
    </form>
  )
}

interface WhenJoinedProps {
  retry: () => void
  forget: () => void
  children: ReactNode
}

function WhenJoined({ retry, forget, children }: WhenJoinedProps) {
  const { status, error } = useConnectionStatus()
  if (status === 'joining') return <p role="status">Joining …</p>
  if (status !== 'failed' && status !== 'refused') return children
  return (
    <>
      <p role="alert">{error?.message}</p>
      {status === 'failed' && (
        <button type="button" onClick={retry}>
          Try again
        </button>
      )}
      <button type="button" onClick={forget}>
        Use another ticket
      </button>
    </>
  )
}
