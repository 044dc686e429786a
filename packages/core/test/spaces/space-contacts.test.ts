import { describe, expect, it } from 'vitest'
import { spaceContacts } from '../../src/spaces/space-contacts.ts'
import type { SpaceMembers } from '../../src/spaces/space-members.ts'
import type { SpaceReplica } from '../../src/spaces/space-replica.ts'
import type { ClusterView } from '../../src/spaces/space-roster.ts'

interface Drawn {
  /** The members of the room, with their generations. The local member is `self`, with generation 5. */
  readonly entered?: Readonly<Record<string, number>>
  readonly connected?: readonly string[]
  readonly unreachable?: readonly string[]
  /** The holders of the only document, and whether they are synced; undefined: this member has no document. */
  readonly holders?: Readonly<Record<string, boolean>>
  readonly isSynced?: boolean
}

function contacts({ entered = {}, connected = [], unreachable = [], holders, isSynced = false }: Drawn) {
  const member = (id: string) => ({ spaces: [{ space: 'room', generation: entered[id] ?? 0 }] })
  const view = { self: 'self', connected: () => connected, member } as unknown as ClusterView
  const group = {
    self: 'self',
    isNeighbour: () => false,
    isUnreachable: (id: string) => unreachable.includes(id),
  }
  const members = { othersIn: () => Object.keys(entered) } as unknown as SpaceMembers
  const replica = {
    documents: new Map(holders ? [['notes', { state: { isSynced } }]] : []),
    holdersOf: () => Object.entries(holders ?? {}).map(([id, isSynced]) => ({ id, isSynced })),
  } as unknown as SpaceReplica
  return [...spaceContacts(new Map([['room', { generation: 5, replica }]]), { view, group, members })]
}

describe('space contacts', () => {
  it('are one earlier member of a space in which no other member is connected', () => {
    expect(contacts({ entered: { a: 1 } })).toEqual(['a'])
    expect(contacts({ entered: { a: 1, b: 2, c: 3 } })).toHaveLength(1)
    expect(contacts({ entered: { a: 1 }, connected: ['x'] })).toEqual(['a'])
  })

  it('are nobody while a member of the space is connected', () => {
    expect(contacts({ entered: { a: 1, b: 2 }, connected: ['b'] })).toEqual([])
  })

  it('leave the dial to members that entered later', () => {
    expect(contacts({ entered: { a: 9 } })).toEqual([])
    expect(contacts({ entered: { a: 9, b: 1 } })).toEqual(['b'])
  })

  it('skip members that cannot be reached', () => {
    expect(contacts({ entered: { a: 1, b: 2 }, unreachable: ['a'] })).toEqual(['b'])
  })

  it('include a synced holder of a document that is not synced', () => {
    const entered = { a: 1, b: 2, c: 9 }
    expect(contacts({ entered, connected: ['a'], holders: { a: false, c: true } })).toEqual(['c'])
    expect(contacts({ entered, connected: ['c'], holders: { a: true, c: true } })).toEqual([])
    expect(contacts({ entered, connected: ['b'], holders: { a: true }, isSynced: true })).toEqual([])
    expect(contacts({ entered, connected: ['b'], holders: { a: false } })).toEqual([])
  })

  it('are one member if this member is a synced holder, too', () => {
    expect(contacts({ entered: { a: 1, b: 2, c: 3 }, holders: { c: true } })).toEqual(['c'])
  })
})
