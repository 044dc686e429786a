import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Member } from '@hearsay/core'
import { describe, expect, it } from 'vitest'
import { revokedSubject } from '../src/revoke/revoked-subject.ts'
import { temporaryFolder } from './temporary-folder.ts'

const bobsId = `12D3KooW${'b'.repeat(44)}`
const bob = { id: bobsId, name: 'bob', status: 'alive' } as Member
const invitation = `12D3KooW${'x'.repeat(44)}`

describe('the subject of a revocation', () => {
  it.each(['bob', 'bo', bobsId, bobsId.slice(-8)])('is the member that %s means', text => {
    expect(revokedSubject([bob], text)).toEqual({ type: 'member', member: bob })
  })

  it('is any other id', () => {
    expect(revokedSubject([bob], invitation)).toEqual({ type: 'id', id: invitation })
  })

  it('is a ticket, or that in a file', () => {
    const file = join(temporaryFolder(), 'a.ticket')
    writeFileSync(file, 'hearsay1.abc\nthe second line\n')
    const subject = { type: 'ticket', ticket: 'hearsay1.abc' }
    expect(revokedSubject([bob], file)).toEqual(subject)
    expect(revokedSubject([bob], 'hearsay1.abc')).toEqual(subject)
    const link = 'https://app.example.org/#hearsay=hearsay1.abc'
    expect(revokedSubject([bob], link)).toEqual({ type: 'ticket', ticket: link })
  })

  it('is nothing else', () => {
    const file = join(temporaryFolder(), 'a.txt')
    writeFileSync(file, 'some text')
    expect(() => revokedSubject([bob], file)).toThrow(/the file of this name contains no ticket$/)
    expect(() => revokedSubject([bob], 'eve')).toThrow(/^'eve' is neither a known member/)
  })
})
