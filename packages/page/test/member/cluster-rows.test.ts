import type { Member } from '@hearsay/core'
import { expect, it } from 'vitest'
import { clusterRowsOf } from '../../src/member/cluster-rows.tsx'
import { filterRows } from '../../src/member/filtered-members.tsx'
import { linkOf, rolesOf } from '../../src/member/invitations.tsx'
import { tagsOf } from '../../src/member/member-controls.tsx'

const member = (
  name: string,
  status: Member['status'] = 'alive',
  tags: Member['tags'] = {},
  roles: Member['roles'] = [],
): Member => ({
  id: `id-of-${name}`,
  name,
  incarnation: 1,
  status,
  addresses: ['/ip4/10.0.0.7/tcp/4001'],
  attention: { state: 'active', sinceMs: 0 },
  tags,
  roles,
})

const members = [
  member('node-10'),
  member('gone', 'left'),
  member('node-2', 'alive', { zone: 'b' }),
  member('lost', 'dead', { zone: 'b' }),
  member('late', 'suspect', {}, ['operator']),
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
  ['operator', ['late']],
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

it('reads tags, and refuses lines that are no tags', () => {
  expect(tagsOf('zone=b\n\nrole = host \nurl=a=b')).toEqual({ zone: 'b', role: 'host', url: 'a=b' })
  expect(() => tagsOf('zone')).toThrow("'zone' is not a tag")
  expect(() => tagsOf('=b')).toThrow('is not a tag')
})

it('gives a row the roles of its member', () => {
  expect(clusterRowsOf(members, undefined).find(({ name }) => name === 'late')?.roles).toEqual(['operator'])
})

it.each([
  ['', []],
  ['operator', ['operator']],
  [' operator,reader  admin ,', ['operator', 'reader', 'admin']],
])('reads roles: %o', (text, roles) => {
  expect(rolesOf(text)).toEqual(roles)
})

it('puts the ticket behind # in a link, where no server receives it', () => {
  expect(linkOf(' ', 'hearsay1.x')).toBe('hearsay1.x')
  expect(linkOf('https://a.example/b?c=1#top', 'hearsay1.x')).toBe(
    'https://a.example/b?c=1#hearsay=hearsay1.x',
  )
})
