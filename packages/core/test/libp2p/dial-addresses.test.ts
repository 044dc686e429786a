import { multiaddr } from '@multiformats/multiaddr'
import { describe, expect, it } from 'vitest'
import { dialSteps, hostOf } from '../../src/libp2p/dial-addresses.ts'

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
