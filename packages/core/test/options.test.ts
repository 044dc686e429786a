import { describe, expect, it } from 'vitest'
import { InvalidOptionsError } from '../src/cluster/errors.ts'
import {
  checkAddress,
  checkMemberOptions,
  checkPresentation,
  type MemberOptions,
} from '../src/cluster/options.ts'

describe('options', () => {
  it.each<MemberOptions>([
    { cluster: 'atlas' },
    { cluster: 'x'.repeat(128), profile: 'wan' },
    { cluster: 'atlas', name: 'n'.repeat(128), tags: { role: 'db' } },
    { cluster: 'atlas', bootstrap: ['/ip4/192.0.2.1/tcp/4001', '/dns4/example.org/tcp/4001'] },
  ])('are accepted: %j', options => {
    expect(() => checkMemberOptions(options)).not.toThrow()
  })

  it.each<[string, unknown]>([
    ['cluster', { cluster: '' }],
    ['cluster', { cluster: 'x'.repeat(129) }],
    ['cluster', {}],
    ['profile', { cluster: 'atlas', profile: 'slow' }],
    ['bootstrap', { cluster: 'atlas', bootstrap: ['localhost:4001'] }],
    ['bootstrap', { cluster: 'atlas', bootstrap: '/ip4/192.0.2.1/tcp/4001' as unknown as string[] }],
    ['name', { cluster: 'atlas', name: 7 }],
    ['name', { cluster: 'atlas', name: 'n'.repeat(129) }],
    ['tag', { cluster: 'atlas', tags: { role: 7 } }],
    ['tag', { cluster: 'atlas', tags: { role: 'x'.repeat(257) } }],
    ['tag', { cluster: 'atlas', tags: { ['k'.repeat(65)]: '' } }],
    [
      'tags',
      { cluster: 'atlas', tags: Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`${i}`, ''])) },
    ],
  ])('are refused with a word on %s: %j', (word, options) => {
    const check = () => checkMemberOptions(options as MemberOptions)
    expect(check).toThrow(InvalidOptionsError)
    expect(check).toThrow(word)
  })

  it('name the option that an address came from, and show how to write it', () => {
    expect(() => checkAddress('listen', '0.0.0.0:80')).toThrow(/^listen: '0.0.0.0:80' .*\/ip4\//)
    expect(() => checkAddress('listen', '/ip4/0.0.0.0/tcp/0')).not.toThrow()
  })

  it('are checked again on each change of name or tags', () => {
    expect(() => checkPresentation(undefined, undefined)).not.toThrow()
    expect(() => checkPresentation('n'.repeat(129), undefined)).toThrow(InvalidOptionsError)
  })
})
