/** Made ticket: a ticket to copy or to scan. It exists only here and where its user takes it: the page stores nothing. */
import type { Invitation } from '@hearsay/core'
import { type ReactNode, useState } from 'react'
import { Confirmed } from './confirmed.tsx'
import { QrCode } from './qr-code.tsx'

export interface MadeTicketProps {
  readonly invitation: Invitation
  /** The ticket, or a link that contains it. */
  readonly text: string
  readonly revoke: () => Promise<void>
  readonly close: () => void
}

export function MadeTicket({ invitation, text, revoke, close }: MadeTicketProps): ReactNode {
  const [message, setMessage] = useState('')
  const { roles, expiresAtMs } = invitation
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setMessage('Copied.'),
      () => setMessage('The browser does not let this page copy: select the text, and copy it.'),
    )
  const end = () =>
    revoke().then(
      () => setMessage('It is revoked, and all members that joined with it.'),
      (error: Error) => setMessage(error.message),
    )
  return (
    <div className="member-controls made-ticket">
      <QrCode text={text} label="The ticket as a QR code" />
      <label>
        {text === invitation.ticket ? 'Ticket' : 'Link with the ticket'}
        <textarea
          readOnly
          rows={5}
          spellCheck={false}
          value={text}
          onFocus={event => event.target.select()}
        />
      </label>
      <p className="hint">
        Everybody who has it can join {roles.length > 0 && `as ${roles.join(', ')} `}until{' '}
        {new Date(expiresAtMs).toLocaleString()}. It is not stored: copy it now.
      </p>
      <Confirmed
        label="Revoke …"
        question="Revoke this ticket, and all members that joined with it? This cannot be undone."
        yes="Yes, revoke it"
        no="Keep it"
        message={message}
        onConfirm={end}
      >
        <button type="button" onClick={copy}>
          Copy
        </button>
        <button type="button" onClick={close}>
          Done
        </button>
      </Confirmed>
    </div>
  )
}
