/** Made ticket: a ticket to copy or to scan. The page shows it once and does not store it. */
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
      () =>
        setMessage('The browser does not allow this page to copy. Select the text, and copy it yourself.'),
    )
  const end = () =>
    revoke().then(
      () => setMessage('The ticket and all members that joined with it are revoked.'),
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
        Everybody who has this ticket can join {roles.length > 0 && `as ${roles.join(', ')} `}until{' '}
        {new Date(expiresAtMs).toLocaleString()}. The page does not store it: copy it now.
      </p>
      <Confirmed
        label="Revoke …"
        question="Revoke this ticket, and all members that joined with it? You cannot undo this."
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
