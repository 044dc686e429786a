import { describe, expect, it } from 'vitest'
import { bootstrapMultiaddr, checkBootstrap } from '../../src/api/bootstrap-address.ts'
import { InvalidOptionsError } from '../../src/api/errors.ts'

const id = '12D3KooWF31uo8LY5RbfzuhGYTUuUPgh7CUzzJjjgHTVHKAqzDYa'

describe('a bootstrap address', () => {
  it.each([
    ['192.0.2.1:4001', '/ip4/192.0.2.1/tcp/4001'],
    ['localhost:4001', '/dns4/localhost/tcp/4001'],
    ['example.org:65535', '/dns4/example.org/tcp/65535'],
    ['my_service.ns-1.svc:4001', '/dns4/my_service.ns-1.svc/tcp/4001'],
    ['[::1]:4001', '/ip6/::1/tcp/4001'],
    ['[2001:DB8::1]:4001', '/ip6/2001:DB8::1/tcp/4001'],
    ['[::ffff:192.0.2.1]:4001', '/ip6/::ffff:192.0.2.1/tcp/4001'],
    ['/ip4/192.0.2.1/tcp/4001', '/ip4/192.0.2.1/tcp/4001'],
    ['/dns4/example.org/tcp/443/wss', '/dns4/example.org/tcp/443/wss'],
    [`/ip4/192.0.2.1/tcp/4001/p2p/${id}`, `/ip4/192.0.2.1/tcp/4001/p2p/${id}`],
  ])('%s is %s', (address, multiaddr) => {
    expect(bootstrapMultiaddr(address)).toBe(multiaddr)
    expect(() => checkBootstrap([address])).not.toThrow()
  })

  it.each([
    'example.org',
    'example.org:',
    ':4001',
    'example.org:0',
    'example.org:65536',
    'example.org:port',
    '256.0.0.1:4001',
    '::1:4001',
    '[::1]',
    '[::g]:4001',
    '[]:4001',
    'https://example.org:443',
    'exam ple.org:4001',
    'example..org:4001',
    `/ip4/192.0.2.1/tcp/4001/p2p/${id.slice(0, 30)}`,
    '/ip4/192.0.2.1/tcp/4001/p2p/ada',
    ' 192.0.2.1:4001',
    '',
    '/',
    5,
    null,
    { host: 'example.org' },
  ])('rejects %j', address => {
    const check = () => checkBootstrap([address])
    expect(check).toThrow(InvalidOptionsError)
    expect(check).toThrow(/^bootstrap: '.*' is not an address\. Write it like 192\.0\.2\.1:4001/)
  })

  it.each(['192.0.2.1:4001', null, 5, { 0: '192.0.2.1:4001' }])('rejects %j instead of a list', bootstrap => {
    expect(() => checkBootstrap(bootstrap)).toThrow(/^bootstrap: give a list of addresses/)
  })
})
