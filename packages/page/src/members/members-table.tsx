/** Members table: the status and the figures of each member, as this tab sees them. */
import type { Heartbeat } from '@hearsay/core'
import type { ReactNode } from 'react'
import { isPresentStatus, type MemberRow, useHeartbeats, useMemberRows } from './member-list.ts'
import { useSelection } from './selection.tsx'
import { StatusMark } from './status-mark.tsx'
import './members.css'

export function MembersTable(): ReactNode {
  const rows = useMemberRows()
  const hearts = useHeartbeats()
  const here = rows.filter(isPresentStatus).length
  return (
    <section className="panel members" aria-labelledby="members-title">
      <header>
        <h2 id="members-title">Members</h2>
        <p>
          {here} present{rows.length > here && `, ${rows.length - here} departed`}
        </p>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reachable by keyboard */}
      <section className="scroll" tabIndex={0} aria-label="Table of members">
        <table>
          <thead>
            <tr>
              <th scope="col">name</th>
              <th scope="col" title="status as this tab sees it">
                seen as
              </th>
              <th
                scope="col"
                className="number"
                title="time since its last heartbeat was received, and its number"
              >
                heartbeat
              </th>
              <th
                scope="col"
                className="number"
                title="suspicion level: at 1 the chance that the heartbeat is merely late is 10 %"
              >
                phi
              </th>
              <th scope="col" className="number">
                round trip
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(row => (
              <Row key={row.id} row={row} heartbeat={hearts.get(row.id)} />
            ))}
          </tbody>
        </table>
      </section>
    </section>
  )
}

function Row({ row, heartbeat }: { row: MemberRow; heartbeat: Heartbeat | undefined }): ReactNode {
  const { id, name, status, isAsleep, isSelf, process } = row
  const { selected, select } = useSelection()
  const shown = isSelf || !isPresentStatus(row) ? undefined : heartbeat
  return (
    <tr aria-selected={selected === id} data-status={status}>
      <th scope="row">
        <button type="button" title={name} onClick={() => select(id)} aria-pressed={selected === id}>
          {name}
        </button>
        {isSelf && <small>you</small>}
        {process && process.state !== 'running' && <small className="truth">process {process.state}</small>}
      </th>
      <td>
        <StatusMark status={status} isAsleep={isAsleep} />
      </td>
      <td className="number">{shown ? <HeartbeatCell heartbeat={shown} /> : '–'}</td>
      <td className="number">{shown ? <Phi value={shown.phi} /> : '–'}</td>
      <td className="number">
        {shown?.roundTripMs === undefined ? '–' : `${shown.roundTripMs.toFixed(1)} ms`}
      </td>
    </tr>
  )
}

function HeartbeatCell({ heartbeat: { sequence, receivedAtMs } }: { heartbeat: Heartbeat }): ReactNode {
  const seconds = Math.max(0, Date.now() - receivedAtMs) / 1_000
  return (
    <>
      {seconds.toFixed(0)} s<small> #{sequence}</small>
    </>
  )
}

/** At 8 the bar is full: the chance that the heartbeat is merely late is one in a hundred million. */
const fullPhi = 8

function Phi({ value }: { value: number }): ReactNode {
  const share = Math.min(1, value / fullPhi)
  return (
    <span className="phi">
      <i aria-hidden="true" style={{ transform: `scaleX(${share})` }} />
      {value.toFixed(2)}
    </span>
  )
}
