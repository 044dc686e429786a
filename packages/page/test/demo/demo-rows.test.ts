import type { Member } from '@hearsay/core'
import { expect, it } from 'vitest'
import type { DemoProcess, MemberKind } from '../../src/contract.ts'
import { memberRowsOf } from '../../src/demo/demo-rows.tsx'

const member = (id: string, kind: MemberKind, status: Member['status'] = 'alive'): Member => ({
  id,
  name: id,
  incarnation: 1,
  status,
  addresses: [],
  attention: { state: 'active', sinceMs: 0 },
  tags: { kind },
  roles: [],
})
const process = (id: string): DemoProcess => ({ name: id, id, state: 'running' })

it('shows processes in their order, then tabs by id, and no tabs that left', () => {
  const members = [
    member('a-tab', 'tab', 'dead'),
    member('b-process', 'process', 'left'),
    member('c-tab', 'tab', 'left'),
    member('d-process', 'process'),
    member('e-tab', 'tab'),
  ]
  const people = memberRowsOf(members, [process('d-process'), process('b-process')], 'e-tab')
  expect(people.map(({ id }) => id)).toEqual(['d-process', 'b-process', 'a-tab', 'e-tab'])
  expect(people.map(({ isSelf }) => isSelf)).toEqual([false, false, false, true])
  expect(people[0]?.process?.name).toBe('d-process')
})

it('takes a member for a process by its tag until the demo has sent its state', () => {
  expect(memberRowsOf([member('a', 'process', 'left')], [], undefined)).toMatchObject([{ kind: 'process' }])
})
