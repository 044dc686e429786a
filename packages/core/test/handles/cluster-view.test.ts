import { beforeEach, describe, expect, it } from 'vitest'
import { MachineClusterView } from '../../src/handles/cluster-view.ts'
import type { MembershipMachine } from '../../src/member/membership-machine.ts'
import { ManualClock } from '../helpers/manual-clock.ts'

const spaces = [
  { space: 'a', generation: 3 },
  { space: 'b', generation: 5 },
]
let records: Map<string, { record: { record: { spaces: typeof spaces } } }>
let view: MachineClusterView

beforeEach(() => {
  records = new Map([['other', { record: { record: { spaces } } }]])
  const machine = {
    member: (id: string) => (id === 'other' || id === 'new' ? { id, status: 'suspect' } : undefined),
    members: () => [{ id: 'self' }, { id: 'other' }],
    wasAlive: () => true,
    isSettled: ({ monotonicMs }: { monotonicMs: number }) => monotonicMs >= 10,
    table: { get: (id: string) => records.get(id) },
  } as unknown as MembershipMachine
  view = new MachineClusterView('self', machine, new ManualClock())
})

describe('the cluster as spaces see it', () => {
  it('contains members with their status and their spaces', () => {
    expect(view.memberIds()).toEqual(['self', 'other'])
    expect(view.member('other')).toEqual({ status: 'suspect', wasAlive: true, spaces })
    expect(view.rosterOf('a').of('other')).toEqual({ status: 'suspect', wasAlive: true, generation: 3 })
    expect(view.rosterOf('c').of('other')).toEqual({
      status: 'suspect',
      wasAlive: true,
      generation: undefined,
    })
  })

  it('does not contain a member whose record is not known', () => {
    expect(view.member('new')).toBeUndefined()
    expect(view.rosterOf('a').of('unknown')).toBeUndefined()
  })

  it('is settled when the machine is, at the present time', () => {
    expect(view.isSettled()).toBe(false)
  })
})
