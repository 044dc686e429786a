/** Invite: a link with which others join, to copy or to scan. For members with the role `admin`. */
import { useCluster, useSelf } from '@hearsay/react'
import { type ReactNode, useRef, useState } from 'react'
import { QrCode } from './qr-code.tsx'
import { linkOf } from './ticket.ts'

const dayMs = 86_400_000

export function Invite(): ReactNode {
  const cluster = useCluster()
  const isAdmin = useSelf(({ roles }) => roles.includes('admin'))
  const dialog = useRef<HTMLDialogElement>(null)
  const [link, setLink] = useState<string>()
  const [message, setMessage] = useState('')
  if (!cluster || !isAdmin) return null
  const open = async () => {
    dialog.current?.showModal()
    setMessage('')
    try {
      setLink(link ?? linkOf((await cluster.invite({ expiresInMs: dayMs })).ticket))
    } catch (error) {
      setMessage((error as Error).message)
    }
  }
  const copy = () =>
    navigator.clipboard.writeText(link ?? '').then(
      () => setMessage('Copied.'),
      () => setMessage('The browser does not let this page copy: select the link, and copy it.'),
    )
  return (
    <>
      <button type="button" onClick={open}>
        Invite
      </button>
      <dialog ref={dialog} aria-labelledby="invite-title">
        <h2 id="invite-title">Invite others</h2>
        <p>Everybody who has this link can join, until tomorrow at this time.</p>
        {link !== undefined && (
          <>
            <QrCode text={link} label="The link as a QR code" />
            <input readOnly aria-label="Link" value={link} onFocus={({ target }) => target.select()} />
          </>
        )}
        <p role="status">{message}</p>
        <div className="choices">
          <button type="button" disabled={link === undefined} onClick={copy}>
            Copy
          </button>
          <button type="button" onClick={() => dialog.current?.close()}>
            Close
          </button>
        </div>
      </dialog>
    </>
  )
}
