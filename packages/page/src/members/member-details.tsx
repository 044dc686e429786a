/** Member details: explains the status of the selected member. Each page adds its own content above and below. */
import type { Cluster, Explanation } from '@hearsay/core'
import { useCluster, useHealth, useMember } from '@hearsay/react'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { shortId } from '../contract.ts'
import { Agreement } from './agreement.tsx'
import { isPresentStatus, type MemberRow, useHeartbeats, useMemberRows } from './member-list.ts'
import { useSelection } from './selection.tsx'
import { StatusMark } from './status-mark.tsx'

export interface MemberDetailsProps {
  /** Above the explanation. */
  readonly before?: (row: MemberRow) => ReactNode
  /** Below the explanation, always in view. */
  readonly after?: (row: MemberRow) => ReactNode
}

export function MemberDetails({ before, after }: MemberDetailsProps): ReactNode {
  const cluster = useCluster()
  const rows = useMemberRows()
  const { selected, chosen } = useSelection()
  const panel = useRef<HTMLElement>(null)
  // On a narrow page the details may be out of view.
  useEffect(() => {
    if (chosen !== undefined) panel.current?.scrollIntoView({ block: 'nearest' })
  }, [chosen])
  const row = rows.find(({ id }) => id === selected)
  return (
    <section ref={panel} className="panel details" aria-labelledby="details-title">
      {row && cluster ? (
        <>
          <header>
            <h2 id="details-title">{row.name}</h2>
            <StatusMark status={row.status} isAsleep={row.isAsleep} />
            <code title={row.id}>…{shortId(row.id)}</code>
          </header>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reachable by keyboard */}
          <section className="explained" tabIndex={0} aria-label={`About ${row.name}`}>
            {before?.(row)}
            {row.isSelf ? <LocalHealth cluster={cluster} /> : <ExplanationList cluster={cluster} row={row} />}
          </section>
          {after?.(row)}
        </>
      ) : (
        <>
          <header>
            <h2 id="details-title">No member is selected</h2>
          </header>
          <p className="hint">Choose a member in the drawing or in the list.</p>
        </>
      )}
    </section>
  )
}

function ExplanationList({ cluster, row }: { cluster: Cluster; row: MemberRow }): ReactNode {
  const explanation = useExplanation(cluster, row.id)
  const heartbeat = useHeartbeats().get(row.id)
  return (
    <>
      <ul>
        {explanation?.facts.map(fact => (
          <li key={fact}>{fact}</li>
        ))}
        {heartbeat && isPresentStatus(row) && (
          <li>
            Its phi is {heartbeat.phi.toFixed(2)}
            {heartbeat.roundTripMs !== undefined &&
              `, a round trip takes ${heartbeat.roundTripMs.toFixed(1)} ms`}
            .
          </li>
        )}
      </ul>
      {explanation?.hint && <p className="hint">{explanation.hint}</p>}
    </>
  )
}

/** The last explanation of this member, until a newer one arrives. Undefined until the first one arrives. */
function useExplanation(cluster: Cluster, id: string): Explanation | undefined {
  const [last, setLast] = useState<Explanation>()
  // The explanation changes with time even if nothing happens. So the explanation is requested again at each refresh of the
  // heartbeats, once a second, and when the status changes.
  const heartbeats = useHeartbeats()
  const status = useMember(id, member => member.status)
  useEffect(() => {
    let isCurrent = true
    void cluster.explain(id).then(explanation => {
      if (isCurrent) setLast(explanation)
    })
    return () => {
      isCurrent = false
    }
  }, [cluster, id, status, heartbeats])
  return last?.id === id ? last : undefined
}

function LocalHealth({ cluster }: { cluster: Cluster }): ReactNode {
  const health = useHealth()
  if (!health) return null
  const { localHealth, pauses, visible, known, partitionSuspected, identityCopied, connections } = health
  return (
    <ul>
      <li>
        It sees {visible} of {known} members, itself included, over {connections}{' '}
        {connections === 1 ? 'connection' : 'connections'}.
      </li>
      <Agreement cluster={cluster} />
      <li>
        {localHealth === 0
          ? 'Its local health is good: it suspects other members after the usual time.'
          : `It is slow: its timers were late, or it missed answers. So it gives other members more time. Its local health is ${localHealth}, from 0 (best) to 7.`}
      </li>
      <li>
        {pauses === 0
          ? 'It was never paused.'
          : `It was paused ${pauses === 1 ? 'once' : `${pauses} times`}: suspended, or too busy to run its timers.`}
      </li>
      {identityCopied && <li>Another process runs with the same identity: its storage was copied.</li>}
      {partitionSuspected && <li>Many members disappeared at once: probably the network is cut.</li>}
    </ul>
  )
}
