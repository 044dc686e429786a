/** Member app: the page of a cluster from the view of one running member. */
import type { Cluster } from '@hearsay/core'
import { ClusterProvider } from '@hearsay/react'
import { type ReactNode, useEffect, useState } from 'react'
import { MemberDetails } from '../members/member-details.tsx'
import { Problems } from '../members/problems.tsx'
import { SelectionProvider } from '../members/selection.tsx'
import { Timeline } from '../timeline/timeline.tsx'
import { ClusterRows } from './cluster-rows.tsx'
import { FilteredMembers } from './filtered-members.tsx'
import { Invitations } from './invitations.tsx'
import { MemberActions } from './member-actions.tsx'
import { MemberDrawing } from './member-drawing.tsx'
import { MemberHeader } from './member-header.tsx'
import { connectMember, useMemberLink } from './member-link.ts'
import { MemberRecord } from './member-record.tsx'

/** A promise, because the page does not own the member: the provider must never leave. */
const connected: Promise<Cluster> = connectMember()

export function MemberApp(): ReactNode {
  const { isOpen, isWritable } = useMemberLink()
  const [cluster, setCluster] = useState<Cluster>()
  const [error, setError] = useState<Error>()
  useEffect(() => void connected.then(setCluster, setError), [])
  if (!cluster)
    return (
      <main className="waiting">
        <p role="status">
          {error?.message ??
            (isOpen
              ? 'Connecting to the member …'
              : 'The page cannot reach the member. Is hearsay page running?')}
        </p>
      </main>
    )
  return (
    <ClusterProvider cluster={cluster}>
      <SelectionProvider>
        <MemberHeader cluster={cluster.name} />
        <Problems />
        <ClusterRows>
          <main className="of-member">
            <div className="column">
              <FilteredMembers />
              <Timeline hint="Nothing has happened since this page was opened." />
            </div>
            <div className="column">
              <MemberDetails
                before={({ id }) => <MemberRecord id={id} />}
                after={row => isWritable && isOpen && <MemberActions key={row.id} row={row} />}
              />
              {isWritable && isOpen && <Invitations />}
              <MemberDrawing />
            </div>
          </main>
        </ClusterRows>
      </SelectionProvider>
    </ClusterProvider>
  )
}
