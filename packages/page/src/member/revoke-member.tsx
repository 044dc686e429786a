/** Revoke member: ends the membership of the selected member, after a confirmation. */
import { useCluster } from '@hearsay/react'
import { type ReactNode, useState } from 'react'
import type { MemberRow } from '../members/member-list.ts'
import { Confirmed } from './confirmed.tsx'

export function RevokeMember({ row: { id, name } }: { row: MemberRow }): ReactNode {
  const cluster = useCluster()
  const [message, setMessage] = useState('')
  const revoke = () =>
    cluster?.revoke(id).then(
      () => setMessage(`${name} is revoked.`),
      (error: Error) => setMessage(error.message),
    )
  return (
    <div className="member-controls">
      <Confirmed
        label="Revoke …"
        question={`Revoke ${name}? All members remove it at once and refuse it from then on. You cannot undo this. With its ticket, it can join again as another member, so revoke the ticket, too.`}
        yes={`Yes, revoke ${name}`}
        no="Keep it"
        message={message}
        onConfirm={revoke}
      />
    </div>
  )
}
