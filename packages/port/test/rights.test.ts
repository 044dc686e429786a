import type { Cluster } from '@hearsay/core'
import { InvalidOptionsError } from '@hearsay/core'
import { describe, expect, it } from 'vitest'
import { type ServeOptions, serveCluster } from '../src/index.ts'
import { ViewRights } from '../src/served/rights.ts'

const serve = (options: unknown) =>
  serveCluster({} as Cluster, new MessageChannel().port1, options as ServeOptions)

describe('the rights of a view', () => {
  it.each([
    [{ alow: {} }, "did you mean 'allow'?"],
    [{ allow: { room: {} } }, "did you mean 'rooms'?"],
    [{ allow: 7 }, 'give an object'],
    [{ allow: { update: 'no' } }, 'allow.update: give true or false'],
    [{ allow: { leave: 1 } }, 'allow.leave: give true or false'],
    [{ allow: { queries: 'yes' } }, 'allow.queries: give true or false'],
    [{ allow: { invitations: 1 } }, 'allow.invitations: give true or false'],
    [{ allow: { rooms: null } }, 'allow.rooms: give names'],
    [{ allow: { rooms: [] } }, 'allow.rooms: give names'],
    [{ allow: { rooms: { notes: 'raed' } } }, "allow.rooms: 'notes' is 'raed'"],
    [{ allow: { configs: { '*': true } } }, "allow.configs: '*' is 'true'"],
  ])('are not granted by a mistake: %j', (options, message) => {
    expect(() => serve(options)).toThrow(InvalidOptionsError)
    expect(() => serve(options)).toThrow(message)
  })

  it('do not contain invitations, unless they are given', () => {
    expect(new ViewRights().invitations).toBe(false)
    expect(new ViewRights({ invitations: true }).invitations).toBe(true)
  })

  it('to a room follow from the first name that matches', () => {
    const rights = new ViewRights({ rooms: { 'notes/private': 'read', 'notes/*': 'write', '*.log': 'read' } })
    expect(
      ['notes/private', 'notes/a', 'notes/', 'a.log', 'a_log', 'notes'].map(name => rights.room(name)),
    ).toEqual(['read', 'write', 'write', 'read', undefined, undefined])
    expect(rights.config('any')).toBe('write')
    expect(new ViewRights({ configs: { '*': 'list' } }).config('any')).toBe('list')
  })
})
