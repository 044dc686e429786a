import type { Member } from '@hearsay/core'
import { expect, it } from 'vitest'
import { clusterRowsOf } from '../../src/member/cluster-rows.tsx'
import { filterRows } from '../../src/member/filtered-members.tsx'
import { tagsOf } from '../../src/member/member-controls.tsx'

const member = (name: string, status: Member['status'] = 'alive', tags: Member['tags'] = {}): Member => ({
  id: `id-of-${name}`,
  name,
  incarnation: 1,
  status,
  addresses: ['/ip4/10.0.0.7/tcp/4001'],
  attention: { state: 'active', sinceMs: 0 },
  tags,
  roles: [],
})

const members = [
  member('node-10'),
  member('gone', 'left'),
  member('node-2', 'alive', { zone: 'b' }),
  member('lost', 'dead', { zone: 'b' }),
  member('late', 'suspect'),
]
const names = (rows: readonly { readonly name: string }[]) => rows.map(({ name }) => name)
const none = new Set<Member['status']>()

it('lists what needs attention first, then names with numbers in their order', () => {
  expect(names(clusterRowsOf(members, undefined))).toEqual(['late', 'lost', 'node-2', 'node-10', 'gone'])
})

it('keeps the row of a member that did not change', () => {
  const [before, after] = [clusterRowsOf(members, 'id-of-late'), clusterRowsOf([...members], 'id-of-late')]
  expect(after.every((row, i) => row === before[i])).toBe(true)
  expect(clusterRowsOf(members, 'id-of-lost').find(({ isSelf }) => isSelf)?.name).toBe('lost')
})

it.each([
  ['node', ['node-2', 'node-10']],
  ['ID-OF-LO', ['lost']],
  ['zone=b', ['lost', 'node-2']],
  ['zone=b node', ['node-2']],
  ['10.0.0.7 late', ['late']],
  ['nobody', []],
  ['  ', ['late', 'lost', 'node-2', 'node-10', 'gone']],
])('finds members by name, id, tag and address: %s', (search, found) => {
  const rows = clusterRowsOf(members, undefined)
  expect(names(filterRows(rows, members, { search, hidden: none }))).toEqual(found)
})

it('hides statuses', () => {
  const rows = clusterRowsOf(members, undefined)
  expect(names(filterRows(rows, members, { search: '', hidden: new Set(['alive', 'left']) }))).toEqual([
    'late',
    'lost',
  ])
})

it('reads tags, and refuses lines that are none', () => {
  expect(tagsOf('zone=b\n\nrole = host \nurl=a=b')).toEqual({ zone: 'b', role: 'host', url: 'a=b' })
  expect(() => tagsOf('zone')).toThrow("'zone' is no tag")
  expect(() => tagsOf('=b')).toThrow('is no tag')
})
