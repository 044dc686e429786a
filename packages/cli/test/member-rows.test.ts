import type { Member } from '@hearsay/core'
import { expect, it } from 'vitest'
import { memberLine, memberRows, titlesOf } from '../src/members/member-rows.ts'

const member = (name: string, status: Member['status'] = 'alive'): Member => ({
  id: `id-of-${name}`,
  name,
  incarnation: 1,
  status,
  addresses: [],
  attention: { state: 'active', sinceMs: 0 },
  tags: {},
  roles: [],
})

const members = [
  member('cyd'),
  member('bob', 'left'),
  member('ada'),
  member('eve', 'dead'),
  member('dan', 'suspect'),
]

it('lists members by name', () => {
  expect(memberRows(members, '').map(([name]) => name)).toEqual(['ada', 'bob', 'cyd', 'dan', 'eve'])
})

it('makes only the rows that fit, first those that need attention', () => {
  expect(memberRows(members, '', 3).map(([name]) => name)).toEqual(['dan', 'eve', 'ada'])
})

it('marks the member that answers, whatever names the others have', () => {
  const rows = memberRows([member('ada'), member('ada, this member')], 'id-of-ada')
  expect(rows.map(row => row[2])).toEqual(['alive, this member', 'alive'])
  expect([member('ada'), member('bob')].map(each => memberLine(each, 'id-of-bob'))).toMatchObject([
    { self: false },
    { self: true },
  ])
})

it('shows roles if a member has one', () => {
  const withRoles = [member('ada'), { ...member('bob'), roles: ['dev', 'operator'] }]
  expect(titlesOf(members)).not.toContain('roles')
  expect(titlesOf(withRoles)[3]).toBe('roles')
  expect(memberRows(withRoles, '').map(row => row[3])).toEqual(['', 'dev operator'])
})
