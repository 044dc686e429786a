import { multiaddr } from '@multiformats/multiaddr'
import { describe, expect, it } from 'vitest'
import { dialSteps, hostOf, isDialable } from '../../src/libp2p/dial-addresses.ts'

const own = ['/ip4/127.0.0.1/tcp/4001', '/ip4/10.0.0.1/tcp/4001', '/ip4/172.17.0.1/tcp/4001']

/** The groups to dial; refusals by those in brackets do not count. */
function steps(addresses: string[], lastHost?: string, listening = own): string[] {
  const parsed = dialSteps(addresses.map(multiaddr), listening.map(multiaddr), lastHost)
  return parsed.map(step => {
    const places = step.addresses.map(String).join(', ')
    return step.counts ? places : `(${places})`
  })
}

describe('the addresses of a member', () => {
  it.each<[string, string[], string | undefined, string[]]>([
    ['one address', ['/ip4/10.0.0.2/tcp/4001'], undefined, ['/ip4/10.0.0.2/tcp/4001']],
    [
      'of the machine on which it was last connected come first',
      ['/ip4/203.0.113.1/tcp/4001', '/ip4/10.0.0.2/tcp/4001', '/ip4/10.0.0.2/tcp/4002/ws'],
      '10.0.0.2',
      ['/ip4/10.0.0.2/tcp/4001, /ip4/10.0.0.2/tcp/4002/ws', '/ip4/203.0.113.1/tcp/4001'],
    ],
    [
      'all count while it is not known on which machine it runs',
      ['/ip4/203.0.113.1/tcp/4001', '/ip4/10.0.0.2/tcp/4001'],
      undefined,
      ['/ip4/203.0.113.1/tcp/4001, /ip4/10.0.0.2/tcp/4001'],
    ],
    [
      'where this member listens are not dialled',
      ['/ip4/172.17.0.1/tcp/4001', '/ip4/10.0.0.2/tcp/4001'],
      undefined,
      ['/ip4/10.0.0.2/tcp/4001'],
    ],
    ['on which this member itself listens', ['/ip4/172.17.0.1/tcp/4001'], undefined, []],
    [
      'on this machine never count against a member elsewhere',
      ['/ip4/172.17.0.1/tcp/4002', '/ip4/127.0.0.1/tcp/4002', '/ip4/10.0.0.2/tcp/4002'],
      undefined,
      ['/ip4/10.0.0.2/tcp/4002', '(/ip4/172.17.0.1/tcp/4002, /ip4/127.0.0.1/tcp/4002)'],
    ],
    [
      'on this machine count against a member that runs here',
      ['/ip4/10.0.0.1/tcp/4002', '/ip4/172.17.0.1/tcp/4002'],
      '127.0.0.1',
      ['/ip4/10.0.0.1/tcp/4002, /ip4/172.17.0.1/tcp/4002'],
    ],
    [
      'through a relay count, though the relay be this member',
      ['/ip4/10.0.0.1/tcp/4001/ws/p2p-circuit/webrtc'],
      undefined,
      ['/ip4/10.0.0.1/tcp/4001/ws/p2p-circuit/webrtc'],
    ],
  ])('%s', (_, addresses, lastHost, expected) => {
    expect(steps(addresses, lastHost)).toEqual(expected)
  })

  it('on loopback count if all members listen on loopback', () => {
    expect(steps(['/ip4/127.0.0.1/tcp/4002'], undefined, ['/ip4/127.0.0.1/tcp/4001'])).toEqual([
      '/ip4/127.0.0.1/tcp/4002',
    ])
  })
})

it.each([
  ['/ip4/10.0.0.2/tcp/51000', '10.0.0.2'],
  ['/ip6/fd00::2/tcp/4001/ws', 'fd00::2'],
  ['/dns4/atlas.example/tcp/443/wss', 'atlas.example'],
  ['/ip4/10.0.0.2/tcp/4001/ws/p2p-circuit', undefined],
])('the host of %s is %s', (address, host) => {
  expect(hostOf(multiaddr(address))).toBe(host)
})

const relay = '12D3KooWA4Xop1JaT3MHxwYMkCepYsv4iPVopMXwCz5iHYdBfeSB'
const [outside, loopbackOnly, page] = [own, ['/ip4/127.0.0.1/tcp/4001'], []]
const throughRelay = `/ip4/192.0.2.1/tcp/4002/ws/p2p/${relay}/p2p-circuit/webrtc`
const behindName = `/dns4/relay.example/tcp/443/wss/p2p/${relay}/p2p-circuit/webrtc`

describe('an address in the record of another member', () => {
  interface Situation {
    readonly own?: readonly string[]
    readonly lastHost?: string
    readonly givenHosts?: readonly string[]
    readonly isMember?: boolean
    readonly isConnected?: boolean
  }
  it.each<[boolean, string, string, Situation]>([
    [true, 'an IPv4 address', '/ip4/192.0.2.1/tcp/4001', {}],
    [true, 'an IPv6 address', '/ip6/2001:db8::1/tcp/4001/ws', {}],
    [true, 'a private address', '/ip4/10.0.0.2/tcp/4001', {}],
    [false, 'a name', '/dns4/victim.example/tcp/80/ws', {}],
    [false, 'a dnsaddr', '/dnsaddr/victim.example', {}],
    [true, 'a name that the app gave', '/dns4/a.example/tcp/443/wss', { givenHosts: ['a.example'] }],
    [false, 'a path', '/unix/run%2Fdocker.sock', {}],
    [false, 'loopback', '/ip4/127.0.0.1/tcp/80', {}],
    [false, 'any loopback address', '/ip4/127.9.9.9/tcp/80/ws', {}],
    [false, 'loopback of IPv6', '/ip6/::1/tcp/80', {}],
    [false, 'loopback within IPv6', '/ip6/::ffff:127.0.0.1/tcp/80', {}],
    [false, 'the unspecified address', '/ip4/0.0.0.0/tcp/80', {}],
    [false, 'the unspecified address of IPv6', '/ip6/::/tcp/80', {}],
    [true, 'loopback if this member is on loopback only', '/ip4/127.0.0.1/tcp/80', { own: loopbackOnly }],
    [true, 'loopback of a member that was here', '/ip4/127.0.0.1/tcp/80', { lastHost: '127.0.0.1' }],
    [true, 'loopback of a member that was at this host', '/ip4/127.0.0.1/tcp/80', { lastHost: '10.0.0.1' }],
    [false, 'loopback of a member that was elsewhere', '/ip4/127.0.0.1/tcp/80', { lastHost: '10.0.0.9' }],
    [false, 'loopback for a page', '/ip4/127.0.0.1/tcp/80/ws', { own: page, givenHosts: ['192.0.2.1'] }],
    [
      true,
      'loopback for a page with a relay here',
      '/ip4/127.0.0.1/tcp/80/ws',
      { own: page, givenHosts: ['127.0.0.1'] },
    ],
    [true, 'behind a relay that is a member', throughRelay, { isMember: true }],
    [false, 'behind a relay that is none', throughRelay, {}],
    [false, 'behind a relay with a name', behindName, { isMember: true }],
    [true, 'behind a connected relay with a name', behindName, { isMember: true, isConnected: true }],
    [
      true,
      'behind a relay with a name that the app gave',
      behindName,
      { isMember: true, givenHosts: ['relay.example'] },
    ],
    [
      false,
      'behind a relay on loopback',
      `/ip4/127.0.0.1/tcp/80/ws/p2p/${relay}/p2p-circuit`,
      { isMember: true },
    ],
    [false, 'behind a relay without id', '/ip4/192.0.2.1/tcp/80/ws/p2p-circuit', {}],
    [false, 'of no host', '/webrtc', {}],
  ])('is dialled: %s, for %s', (expected, _, address, situation) => {
    const { own = outside, lastHost, givenHosts = [], isMember = false, isConnected = false } = situation
    const isDialled = isDialable(multiaddr(multiaddr(address).bytes), {
      own: own.map(address => multiaddr(address)),
      lastHost,
      givenHosts: new Set(givenHosts),
      isMember: id => isMember && id === relay,
      isConnected: id => isConnected && id === relay,
    })
    expect(isDialled).toBe(expected)
  })
})
