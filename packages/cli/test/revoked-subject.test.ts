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
  it.each(['bob', 'bo', bobsId, bobsId.slice(-8)])('is the member that %s means', async text => {
    expect(await revokedSubject([bob], text)).toEqual({ type: 'member', member: bob })
  })

  it('is any other id', async () => {
    expect(await revokedSubject([bob], invitation)).toEqual({ type: 'id', id: invitation })
  })

  it('is a ticket, or that in a file', async () => {
    const file = join(temporaryFolder(), 'a.ticket')
    const text = 'Your ticket: hearsay1.abc\nthe second line\n'
    writeFileSync(file, text)
    expect(await revokedSubject([bob], file)).toEqual({ type: 'ticket', ticket: text })
    expect(await revokedSubject([bob], 'hearsay1.abc')).toEqual({ type: 'ticket', ticket: 'hearsay1.abc' })
    const link = 'https://app.example.org/#hearsay=hearsay1.abc'
    expect(await revokedSubject([bob], link)).toEqual({ type: 'ticket', ticket: link })
  })

  it('is nothing else', async () => {
    const file = join(temporaryFolder(), 'a.txt')
    writeFileSync(file, 'some text')
    await expect(revokedSubject([bob], file)).rejects.toThrow(/the file of this name contains no ticket$/)
    await expect(revokedSubject([bob], 'eve')).rejects.toThrow(/^'eve' is neither a known member/)
  })
})
