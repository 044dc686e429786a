/** Invitations: makes a ticket for others. Only with `hearsay page --write`, and if the member is an admin. */
import type { Invitation } from '@hearsay/core'
import { useCluster, useSelf } from '@hearsay/react'
import { type FormEvent, type ReactNode, useId, useState } from 'react'
import { MadeTicket } from './made-ticket.tsx'

/** Whether this member may revoke others. The ticket of the member decides whether the member may also invite. */
export const useIsAdmin = (): boolean => useSelf(({ roles }) => roles.includes('admin')) ?? false

const hourMs = 3_600_000
const validity = [
  [hourMs, '1 hour'],
  [24 * hourMs, '1 day'],
  [7 * 24 * hourMs, '7 days'],
  [30 * 24 * hourMs, '30 days'],
] as const

export function Invitations(): ReactNode {
  const cluster = useCluster()
  const isAdmin = useIsAdmin()
  const id = useId()
  const [made, setMade] = useState<Invitation>()
  const [message, setMessage] = useState('')
  const [site, setSite] = useState('')
  if (!cluster || !isAdmin) return null
  const invite = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    setMessage('')
    cluster
      .invite({
        roles: rolesOf(`${form.get('roles')}`),
        expiresInMs: Number(form.get('validity')),
        mayInvite: form.has('mayInvite'),
      })
      .then(setMade, (error: Error) => setMessage(error.message))
  }
  return (
    <section className="panel" aria-labelledby={id}>
      <header>
        <h2 id={id}>Invite</h2>
      </header>
      {made ? (
        <MadeTicket
          invitation={made}
          text={linkOf(site, made.ticket)}
          revoke={() => cluster.revoke(made.id)}
          close={() => setMade(undefined)}
        />
      ) : (
        <form className="member-controls" onSubmit={invite}>
          <label>
            Roles, separated by commas
            <input name="roles" placeholder="none" spellCheck={false} autoComplete="off" />
          </label>
          <label>
            Valid for
            <select name="validity" defaultValue={24 * hourMs}>
              {validity.map(([ms, words]) => (
                <option key={ms} value={ms}>
                  {words}
                </option>
              ))}
            </select>
          </label>
          <label>
            Address of your app, for a link
            <input
              type="url"
              value={site}
              placeholder="none: only the ticket"
              onChange={({ target }) => setSite(target.value)}
            />
          </label>
          <label className="check">
            <input type="checkbox" name="mayInvite" /> may invite others: with the role admin
          </label>
          <p className="hint" role="status">
            {message}
          </p>
          <div className="choices">
            <button type="submit">Make a ticket</button>
          </div>
        </form>
      )}
    </section>
  )
}

export const rolesOf = (text: string): string[] =>
  text
    .split(/[\s,]+/)
    .map(role => role.trim())
    .filter(role => role !== '')

/** The part after `#` is not sent to the server of the app. @returns the ticket alone if there is no app */
export const linkOf = (site: string, ticket: string): string =>
  site.trim() === '' ? ticket : `${site.trim().replace(/#.*$/s, '')}#hearsay=${ticket}`
