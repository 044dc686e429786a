/** Join by ticket: joins with the ticket in the page's address, with the one of the last visit, or with one that is pasted. */
import type { JoinOptions } from '@hearsay/core'
import { ClusterProvider, useConnectionStatus } from '@hearsay/react'
import { joinFromTab } from '@hearsay/tabs'
import { type FormEvent, type ReactNode, useEffect, useState } from 'react'
import { storedTicket, storeTicket, takeTicketOfAddress } from './ticket.ts'

const cluster = 'presence-cursors'

const core = () => import('@hearsay/core')

async function optionsOf(ticket: string): Promise<JoinOptions> {
  const { decodeTicket } = await core()
  // A new invitation gets a new identity: no ticket readmits a member that was revoked itself.
  const storage = `${cluster} ${decodeTicket(ticket).invitation}`
  return { cluster, ticket, storage, iceServers: [] }
}

/**
 * All tabs of the browser share one member. `joinCluster` is called in one tab. Only this tab and the one that is next to join
 * load the networking.
 */
const joinWith = (ticket: string) =>
  joinFromTab({
    cluster,
    join: async () => (await core()).joinCluster(await optionsOf(ticket)),
    prepare: async () => (await core()).prepareCluster(await optionsOf(ticket)),
  })

export function JoinByTicket({ children }: { children: ReactNode }): ReactNode {
  const [ticket, setTicket] = useState(storedTicket)
  const [attempt, setAttempt] = useState(0)
  useEffect(() => {
    const take = () => {
      const taken = takeTicketOfAddress()
      if (taken !== undefined) setTicket(taken)
    }
    take()
    // A link that is pasted into the address bar of this page loads no page.
    addEventListener('hashchange', take)
    return () => removeEventListener('hashchange', take)
  }, [])
  if (ticket === undefined) return <TicketForm onTicket={setTicket} />
  const forget = () => {
    storeTicket(undefined)
    setTicket(undefined)
  }
  return (
    <ClusterProvider key={`${attempt} ${ticket}`} cluster={() => joinWith(ticket)}>
      <WhenJoined retry={() => setAttempt(attempt + 1)} forget={forget}>
        {children}
      </WhenJoined>
    </ClusterProvider>
  )
}

function TicketForm({ onTicket }: { onTicket: (ticket: string) => void }): ReactNode {
  const [error, setError] = useState('')
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const text = `${new FormData(event.currentTarget).get('ticket')}`
    try {
      const { decodeTicket } = await import('@hearsay/core')
      decodeTicket(text)
      storeTicket(text)
      onTicket(text)
    } catch (error) {
      setError((error as Error).message)
    }
  }
  return (
    <main className="door">
      <form onSubmit={submit}>
        <h1>Presence and cursors</h1>
        <label htmlFor="ticket">Paste the link or the ticket that you were given.</label>
        <textarea id="ticket" name="ticket" rows={4} required spellCheck={false} aria-describedby="problem" />
        <p id="problem" role="alert">
          {error}
        </p>
        <button type="submit">Join</button>
      </form>
    </main>
  )
}

interface WhenJoinedProps {
  readonly retry: () => void
  readonly forget: () => void
  readonly children: ReactNode
}

function WhenJoined({ retry, forget, children }: WhenJoinedProps): ReactNode {
  const { status, error } = useConnectionStatus()
  if (status === 'joining')
    return (
      <main className="door">
        <p role="status">Joining …</p>
      </main>
    )
  if (status !== 'failed' && status !== 'refused') return children
  return (
    <main className="door">
      <p role="alert">{error?.message}</p>
      {status === 'failed' && (
        <button type="button" onClick={retry}>
          Try again
        </button>
      )}
      <button type="button" onClick={forget}>
        Use another ticket
      </button>
    </main>
  )
}
