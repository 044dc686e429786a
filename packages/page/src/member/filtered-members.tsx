/** Filtered members: the table of the members, with a search and the statuses to show. */
import type { Member, MemberStatus } from '@hearsay/core'
import { useMembers } from '@hearsay/react'
import { type ReactNode, useDeferredValue, useId, useMemo, useState } from 'react'
import { type MemberRow, useMemberRows } from '../members/member-list.ts'
import { MembersTable } from '../members/members-table.tsx'
import { signs, words } from '../members/status-mark.tsx'

const statuses: readonly MemberStatus[] = ['suspect', 'dead', 'alive', 'left']

export function FilteredMembers(): ReactNode {
  const rows = useMemberRows()
  const members = useDeferredValue(useMembers())
  const [text, setText] = useState('')
  const [hidden, setHidden] = useState<ReadonlySet<MemberStatus>>(new Set())
  const search = useDeferredValue(text)
  const id = useId()
  const counts = useMemo(() => countsOf(rows), [rows])
  const shown = useMemo(() => filterRows(rows, members, { search, hidden }), [rows, members, search, hidden])
  const toggle = (status: MemberStatus) => {
    const next = new Set(hidden)
    if (!next.delete(status)) next.add(status)
    setHidden(next)
  }
  return (
    <MembersTable rows={shown} empty="No member fits. Change the search, or show more statuses.">
      <div className="filter">
        <label htmlFor={id} className="hidden">
          Search by name, id, role, tag or address
        </label>
        <input
          id={id}
          type="search"
          value={text}
          placeholder="name, id, role, tag or address"
          spellCheck={false}
          onChange={({ target }) => setText(target.value)}
        />
        <fieldset>
          <legend className="hidden">Statuses to show</legend>
          {statuses.map(status => (
            <button
              key={status}
              type="button"
              className="chip"
              aria-pressed={!hidden.has(status)}
              onClick={() => toggle(status)}
            >
              <span className="status" data-status={status} aria-hidden="true">
                {signs[status]}
              </span>
              {counts[status]} {words[status]}
            </button>
          ))}
        </fieldset>
      </div>
    </MembersTable>
  )
}

function countsOf(rows: readonly MemberRow[]): Record<MemberStatus, number> {
  const counts: Record<MemberStatus, number> = { alive: 0, suspect: 0, dead: 0, left: 0 }
  for (const { status } of rows) counts[status] += 1
  return counts
}

export interface Filter {
  /** Each word must occur in the name, the id, a role, an address or a tag, which is written as `key=value`. */
  readonly search: string
  readonly hidden: ReadonlySet<MemberStatus>
}

export function filterRows(
  rows: readonly MemberRow[],
  members: readonly Member[],
  { search, hidden }: Filter,
): readonly MemberRow[] {
  const sought = search.toLowerCase().split(/\s+/).filter(Boolean)
  if (sought.length === 0 && hidden.size === 0) return rows
  const texts = new Map(sought.length > 0 ? members.map(member => [member.id, textOf(member)]) : [])
  return rows.filter(
    ({ id, status }) => !hidden.has(status) && sought.every(word => texts.get(id)?.includes(word)),
  )
}

const textOf = ({ name, id, roles, addresses, tags }: Member): string =>
  [name, id, ...roles, ...addresses, ...Object.entries(tags).map(([key, value]) => `${key}=${value}`)]
    .join('\n')
    .toLowerCase()
