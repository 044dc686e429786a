import { MemoryDatastore } from 'datastore-core'
import { describe, expect, it } from 'vitest'
import {
  checkMemberId,
  checkMemberUpdate,
  checkNameAndTags,
  checkSpaceName,
  checkUpdate,
} from '../../src/api/call-options.ts'
import { configSettings } from '../../src/api/config-options.ts'
import { InvalidOptionsError } from '../../src/api/errors.ts'
import { checkHearsayInit } from '../../src/libp2p/hearsay-options.ts'
import { checkJoinOptions } from '../../src/libp2p/join-options.ts'
import { isMemberId } from '../../src/wire/member-id.ts'

const half = '\ud83d'
const atlas = { cluster: 'atlas' }

/** An invalid option is rejected by its name, with a message that says what to do. */
function expectRejection(check: (given: never) => void, given: unknown, message: RegExp): void {
  expect(() => check(given as never)).toThrow(InvalidOptionsError)
  expect(() => check(given as never)).toThrow(message)
}

describe('options of joinCluster', () => {
  it.each<[unknown]>([
    [atlas],
    [{ cluster: 'x'.repeat(128), profile: 'wan' }],
    [{ ...atlas, secret: 's'.repeat(16) }],
    [{ ...atlas, secret: new Uint8Array(1_024) }],
    [{ ...atlas, secret: undefined }],
    [{ ...atlas, keyring: { primary: 's'.repeat(16) } }],
    [{ ...atlas, keyring: { primary: 's'.repeat(16), accepted: [new Uint8Array(16)] } }],
    [{ ...atlas, name: 'n'.repeat(128), tags: { role: 'db' } }],
    [{ ...atlas, name: 'Ada 😀', tags: { '😀': '😀' } }],
    [{ ...atlas, tags: Object.assign(Object.create(null), { role: 'db' }) }],
    [{ ...atlas, bootstrap: ['/ip4/192.0.2.1/tcp/4001', '/dns4/example.org/tcp/4001', 'example.org:4001'] }],
    [{ ...atlas, listen: [], bootstrap: [] }],
    [{ ...atlas, listen: ['/ip4/0.0.0.0/tcp/0', '/webrtc'], storage: './data', mdns: false, relay: true }],
    [{ ...atlas, storage: new MemoryDatastore() }],
    [{ ...atlas, iceServers: [] }],
    [{ ...atlas, metrics: () => undefined }],
    [{ ...atlas, iceServers: [{ urls: 'stun:a.example.org' }, { urls: ['stuns:b', 'stun:c:3478'] }] }],
    [
      {
        ...atlas,
        iceServers: [{ urls: 'turn:d.example.org?transport=tcp', username: 'u', credential: 'c' }],
      },
    ],
    [{ ...atlas, name: undefined, tags: undefined, listen: undefined, storage: undefined }],
  ])('accepts %j', options => {
    expect(() => checkJoinOptions(options as never)).not.toThrow()
  })

  it.each<[unknown, RegExp]>([
    [undefined, /^joinCluster: give an object of options, like \{ cluster: 'atlas' \}$/],
    [null, /^joinCluster: give an object/],
    ['atlas', /^joinCluster: give an object/],
    [5, /^joinCluster: give an object/],
    [['atlas'], /^joinCluster: give an object/],
    [() => atlas, /^joinCluster: give an object/],
    [{}, /^cluster: give a name/],
    [{ cluster: '' }, /^cluster: give a name of 1 to 128 characters/],
    [{ cluster: 'x'.repeat(129) }, /^cluster: /],
    [{ cluster: 5 }, /^cluster: /],
    [{ cluster: null }, /^cluster: /],
    [{ cluster: `atlas${half}` }, /^cluster: the name has half of a surrogate pair at index 5/],
    [
      { ...atlas, secret: 's'.repeat(15) },
      /^secret: the secret is too short: give 16 to 1,024 random characters or bytes.*openssl rand/,
    ],
    [{ ...atlas, secret: 's'.repeat(1_025) }, /^secret: the secret is too long: give 16 to 1,024/],
    [{ ...atlas, secret: new Uint8Array(15) }, /^secret: the secret is too short: give 16 to 1,024/],
    [{ ...atlas, secret: Array.from({ length: 16 }, () => 1) }, /^secret: give 16 to 1,024/],
    [{ ...atlas, secret: '' }, /^secret: the secret is too short: give 16/],
    [{ ...atlas, keyring: { primary: '' } }, /^keyring.primary: the secret is too short: give 16/],
    [
      { ...atlas, keyring: { primary: 's'.repeat(16), accepted: ['short'] } },
      /^keyring.accepted: the secret is too short: give 16/,
    ],
    [
      { ...atlas, keyring: { primary: 's'.repeat(16), accepted: Array(4).fill('s'.repeat(16)) } },
      /^keyring.accepted: give a list/,
    ],
    [
      { ...atlas, secret: 's'.repeat(16), keyring: { primary: 's'.repeat(16) } },
      /^keyring: give either secret or keyring/,
    ],
    [{ ...atlas, keyring: { primary: 's'.repeat(16), old: [] } }, /unknown option 'old'/],
    [
      { ...atlas, authority: new Uint8Array(32), keyring: { primary: 's'.repeat(16) } },
      /^keyring: a cluster with an authority/,
    ],
    [{ ...atlas, secret: null }, /^secret: give 16/],
    [{ ...atlas, secret: `sixteen characters ${half}` }, /^secret: it has half .* index 19/],
    [{ ...atlas, boostrap: [] }, /^joinCluster: unknown option 'boostrap': did you mean 'bootstrap'\?$/],
    [{ ...atlas, tag: {} }, /unknown option 'tag': did you mean 'tags'\?/],
    [{ ...atlas, boostrap: undefined }, /unknown option 'boostrap'/],
    [
      { ...atlas, privateKey: 'x' },
      /unknown option 'privateKey': the options are cluster, ticket, authority, secret, keyring, name, /,
    ],
    [{ ...atlas, datastore: new MemoryDatastore() }, /unknown option 'datastore'/],
    [JSON.parse('{"cluster":"atlas","__proto__":1}'), /unknown option '__proto__'/],
    [{ ...atlas, profile: 'slow' }, /^profile: give 'local', 'lan' or 'wan'$/],
    [{ ...atlas, profile: 5 }, /^profile: /],
    [{ ...atlas, profile: null }, /^profile: /],
    [{ ...atlas, bootstrap: ['localhost'] }, /^bootstrap: 'localhost' is not an address/],
    [{ ...atlas, bootstrap: '192.0.2.1:4001' }, /^bootstrap: give a list/],
    [{ ...atlas, bootstrap: null }, /^bootstrap: give a list/],
    [{ ...atlas, bootstrap: [5] }, /^bootstrap: '5' is not an address/],
    [{ ...atlas, name: 7 }, /^name: give a string/],
    [{ ...atlas, name: null }, /^name: give a string/],
    [{ ...atlas, name: 'n'.repeat(129) }, /^a name over 128 bytes: share less/],
    [{ ...atlas, name: `Ada ${half}` }, /^name: it has half of a surrogate pair at index 4/],
    [{ ...atlas, tags: 'abc' }, /^tags: give an object of strings/],
    [{ ...atlas, tags: null }, /^tags: give an object/],
    [{ ...atlas, tags: ['a'] }, /^tags: give an object/],
    [{ ...atlas, tags: new Map([['role', 'db']]) }, /^tags: give an object/],
    [{ ...atlas, tags: { role: 7 } }, /^tags: the value of 'role' is not a string/],
    [{ ...atlas, tags: { role: undefined } }, /^tags: the value of 'role' is not a string/],
    [{ ...atlas, tags: { role: 'x'.repeat(257) } }, /^a tag value over 256 bytes/],
    [{ ...atlas, tags: { ['k'.repeat(65)]: '' } }, /^a tag key over 64 bytes/],
    [{ ...atlas, tags: { role: half } }, /^tags: the value of 'role' has half .* index 0/],
    [{ ...atlas, tags: { [`k${half}`]: '' } }, /^tags: the key 'k\ufffd' has half .* index 1/],
    [
      { ...atlas, tags: Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`${i}`, ''])) },
      /^more than 32 tags/,
    ],
    [{ ...atlas, listen: '/ip4/0.0.0.0/tcp/0' }, /^listen: give a list of addresses/],
    [{ ...atlas, listen: null }, /^listen: give a list/],
    [
      { ...atlas, listen: ['0.0.0.0:80'] },
      /^listen: '0\.0\.0\.0:80' is not an address\. Write it like \/ip4\//,
    ],
    [{ ...atlas, listen: [''] }, /^listen: '' is not an address/],
    [{ ...atlas, listen: [5] }, /^listen: '5' is not an address/],
    [{ ...atlas, storage: '' }, /^storage: give the path of a folder/],
    [{ ...atlas, storage: null }, /^storage: /],
    [{ ...atlas, storage: 5 }, /^storage: /],
    [{ ...atlas, storage: {} }, /^storage: .*interface-datastore/],
    [{ ...atlas, storage: new Map() }, /^storage: /],
    [{ ...atlas, storage: `data${half}` }, /^storage: the name has half .* index 4/],
    [{ ...atlas, mdns: 'no' }, /^mdns: give true or false/],
    [{ ...atlas, relay: 'yes' }, /^relay: give true or false/],
    [{ ...atlas, relay: null }, /^relay: give true or false/],
    [{ ...atlas, iceServers: 'stun:a' }, /^iceServers: give a list like/],
    [{ ...atlas, metrics: true }, /^metrics: give a factory, like prometheusMetrics\(\)$/],
    [{ ...atlas, iceServers: null }, /^iceServers: give a list like/],
    [{ ...atlas, iceServers: { urls: 'stun:a' } }, /^iceServers: give a list like/],
    [{ ...atlas, iceServers: ['stun:a'] }, /^iceServers: give a list like/],
    [{ ...atlas, iceServers: [{ url: 'stun:a' }] }, /^iceServers: give a list like/],
    [{ ...atlas, iceServers: [{ urls: [] }] }, /^iceServers: give a list like/],
    [{ ...atlas, iceServers: [{ urls: 'https://a' }] }, /^iceServers: give a list like/],
    [{ ...atlas, iceServers: [{ urls: 'turn:a', username: 'u' }] }, /^iceServers: give a list like/],
  ])('rejects %j', (options, message) => {
    expectRejection(checkJoinOptions, options, message)
  })
})

describe('options of hearsay', () => {
  it.each<[unknown]>([[atlas], [{ ...atlas, datastore: new MemoryDatastore() }]])('accepts %j', options => {
    expect(() => checkHearsayInit(options as never)).not.toThrow()
  })

  it.each<[unknown, RegExp]>([
    [undefined, /^hearsay: give an object/],
    [null, /^hearsay: give an object/],
    ['atlas', /^hearsay: give an object/],
    [{ cluster: '' }, /^cluster: /],
    [{ ...atlas, listen: [] }, /^hearsay: unknown option 'listen'/],
    [{ ...atlas, datastor: 1 }, /^hearsay: unknown option 'datastor': did you mean 'datastore'\?/],
    [{ ...atlas, datastore: './data' }, /^datastore: give an interface-datastore/],
    [{ ...atlas, datastore: null }, /^datastore: /],
    [{ ...atlas, bootstrap: 'x' }, /^bootstrap: /],
  ])('rejects %j', (options, message) => {
    expectRejection(checkHearsayInit, options, message)
  })
})

describe('options of config', () => {
  const author = '12D3KooWF31uo8LY5RbfzuhGYTUuUPgh7CUzzJjjgHTVHKAqzDYa'

  it.each<[unknown]>([
    [{}],
    [{ writers: 'anyone' }],
    [{ writers: [author], retentionMs: 60_000 }],
    [{ schema: {} }],
  ])('accepts %j', options => {
    expect(() => configSettings(options as never, isMemberId)).not.toThrow()
  })

  it.each<[unknown, RegExp]>([
    [null, /^config: give an object of options/],
    [5, /^config: give an object/],
    ['flags', /^config: give an object/],
    [{ schemas: {} }, /^config: unknown option 'schemas': did you mean 'schema'\?/],
    [{ writer: [] }, /^config: unknown option 'writer': did you mean 'writers'\?/],
    [{ schema: null }, /^schema: give a Standard Schema/],
    [{ schema: 'number' }, /^schema: /],
    [{ schema: [] }, /^schema: /],
    [{ schema: new Map() }, /^schema: /],
    [{ schema: { color: {} } }, /^schema: /],
    [{ writers: null }, /^writers: give 'anyone', a list of member ids, or a role like/],
    [{ writers: author }, /^writers: /],
    [{ writers: ['ada'] }, /^writers: 'ada' is not a member id/],
    [{ writers: [5] }, /^writers: '5' is not a member id/],
    [{ retentionMs: '1 day' }, /^retentionMs: give at least 60000 milliseconds/],
    [{ retentionMs: 59_999 }, /^retentionMs: /],
    [{ retentionMs: Number.NaN }, /^retentionMs: /],
    [{ retentionMs: null }, /^retentionMs: /],
  ])('rejects %j', (options, message) => {
    expectRejection(given => configSettings(given, isMemberId), options, message)
  })
})

describe('the argument of update', () => {
  it.each<[unknown]>([[{}], [{ name: 'ada' }], [{ tags: {} }], [{ name: undefined, tags: undefined }]])(
    'is accepted: %j',
    change => {
      expect(() => checkUpdate(change as never)).not.toThrow()
      expect(() => checkMemberUpdate(change as never)).not.toThrow()
    },
  )

  it.each([0, 1, 3_600_000])('announces in the process of the member that it returns within %d ms', ms => {
    expect(() => checkMemberUpdate({ returnsWithinMs: ms })).not.toThrow()
    expectRejection(checkUpdate, { returnsWithinMs: ms }, /^update: unknown option 'returnsWithinMs'/)
  })

  it('says only in the process of the member whether the user sees a view of it', () => {
    expect(() => checkMemberUpdate({ hasVisibleView: true })).not.toThrow()
    expectRejection(checkUpdate, { hasVisibleView: true }, /^update: unknown option 'hasVisibleView'/)
  })

  it.each([-1, 0.5, 3_600_001, null, '5', Number.NaN])('does not accept that it returns within %j ms', ms => {
    expectRejection(checkMemberUpdate, { returnsWithinMs: ms }, /^update: returnsWithinMs: give whole/)
  })

  it.each<[unknown, RegExp]>([
    [undefined, /^update: give an object/],
    [null, /^update: give an object/],
    ['ada', /^update: give an object/],
    [{ nmae: 'ada' }, /^update: unknown option 'nmae': did you mean 'name'\?/],
    [{ profile: 'wan' }, /^update: unknown option 'profile': the options are name, tags\b/],
    [{ name: 5 }, /^name: give a string/],
    [{ name: `x${half}` }, /^name: it has half/],
    [{ tags: 'abc' }, /^tags: give an object/],
    [{ tags: null }, /^tags: give an object/],
    [{ tags: { a: half } }, /^tags: the value of 'a' has half/],
  ])('rejects %j', (change, message) => {
    expectRejection(checkUpdate, change, message)
    expectRejection(checkMemberUpdate, change, message)
  })

  it('is checked against the limits', () => {
    expect(() => checkNameAndTags('n'.repeat(129), undefined)).toThrow(InvalidOptionsError)
  })
})

describe('names of rooms, configs and documents', () => {
  it.each(['x', '😀', 'x'.repeat(128)])('accepts %j', name => {
    expect(() => checkSpaceName('room', name)).not.toThrow()
  })

  it.each<[unknown, RegExp]>([
    ['', /^room: give a name of 1 to 128 bytes/],
    ['x'.repeat(129), /^room: give a name/],
    ['☃'.repeat(43), /^room: give a name/],
    [5, /^room: give a name/],
    [undefined, /^room: give a name/],
    [`x${half}`, /^room: the name has half of a surrogate pair at index 1/],
  ])('rejects %j', (name, message) => {
    expectRejection(given => checkSpaceName('room', given), name, message)
  })

  it('accept the empty string only where it is a valid name', () => {
    expect(() => checkSpaceName('document', '', { minBytes: 0 })).not.toThrow()
    expect(() => checkSpaceName('document', 5, { minBytes: 0 })).toThrow('give a name of at most 128 bytes')
  })
})

describe('a member id', () => {
  it.each([5, null, undefined, {}])('rejects %j', id => {
    expectRejection(given => checkMemberId('explain', given), id, /^explain: give a member id/)
  })
})
