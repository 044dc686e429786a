/** Member record: the record that a member publishes. */
import { useMember } from '@hearsay/react'
import { type ReactNode, useMemo } from 'react'

export function MemberRecord({ id }: { id: string }): ReactNode {
  const member = useMember(id)
  const tags = useMemo(
    () => Object.entries(member?.tags ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)),
    [member],
  )
  if (!member) return null
  const { addresses, incarnation, roles } = member
  return (
    <dl className="record">
      <dt>id</dt>
      <dd>
        <code>{id}</code>
      </dd>
      <dt>started</dt>
      <dd>{new Date(incarnation).toLocaleString()}</dd>
      {roles.length > 0 && (
        <>
          <dt>roles</dt>
          <dd>
            {roles.map(role => (
              <code key={role} className="tag">
                {role}
              </code>
            ))}
          </dd>
        </>
      )}
      {tags.length > 0 && (
        <>
          <dt>tags</dt>
          <dd>
            {tags.map(([key, value]) => (
              <code key={key} className="tag">
                {key}={value}
              </code>
            ))}
          </dd>
        </>
      )}
      <dt>addresses</dt>
      <dd>
        {addresses.length === 0 && 'none: this member can dial others, but others cannot dial it'}
        {addresses.map(address => (
          <code key={address}>{address.replace(/\/p2p\/[^/]*$/, '')}</code>
        ))}
      </dd>
    </dl>
  )
}
