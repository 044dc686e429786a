import { describe, expect, it } from 'vitest'
import { InvalidOptionsError } from '../../src/api/errors.ts'
import { areSameWriters, checkedWriters, checkRoles, givenWriters } from '../../src/api/writers.ts'

const isMemberId = (id: string) => id.startsWith('id')

describe('the option writers', () => {
  it.each([
    ["'anyone'", 'anyone'],
    ['ids', ['id1', 'id2']],
    ['no ids', []],
    ['a role', { role: 'editor-2' }],
  ] as const)('takes %s, and returns it', (_, writers) => {
    expect(givenWriters(checkedWriters(writers, isMemberId))).toEqual(writers)
  })

  it.each([
    ['a name', ['ada'], /'ada' is not a member id/],
    ['text', 'editors', /give 'anyone'/],
    ['null', null, /give 'anyone'/],
    ['a role in capitals', { role: 'Editor' }, /1 to 32 of the characters/],
    ['no role', {}, /1 to 32 of the characters/],
    ['two options', { role: 'editor', roles: [] }, /unknown option 'roles': did you mean 'role'/],
  ] as const)('refuses %s', (_, writers, message) => {
    const check = () => checkedWriters(writers as never, isMemberId)
    expect(check).toThrow(InvalidOptionsError)
    expect(check).toThrow(message)
  })

  it('refuses roles if the cluster has no authority', () => {
    expect(() => checkRoles({ role: 'editor' }, false)).toThrow(/no member has the role 'editor'/)
    expect(() => checkRoles({ role: 'editor' }, true)).not.toThrow()
    expect(() => checkRoles('anyone', false)).not.toThrow()
  })

  it('is the same for the same ids in any order, and for the same role', () => {
    expect(areSameWriters(new Set(['a', 'b']), new Set(['b', 'a']))).toBe(true)
    expect(areSameWriters({ role: 'a' }, { role: 'a' })).toBe(true)
    expect(areSameWriters({ role: 'a' }, { role: 'b' })).toBe(false)
    expect(areSameWriters({ role: 'a' }, new Set(['role a']))).toBe(false)
    expect(areSameWriters('anyone', new Set(['anyone']))).toBe(false)
  })
})
