import { encode } from 'dns-packet'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decodeLocal, encodeAnswer, encodeQuery } from '../../../src/libp2p/node/dns-sd.ts'

const service = '_hearsay-abcdefgh._udp.local'
const [ada, bob] = [
  '12D3KooWA4Xop1JaT3MHxwYMkCepYsv4iPVopMXwCz5iHYdBfeSB',
  '12D3KooWF31uo8LY5RbfzuhGYTUuUPgh7CUzzJjjgHTVHKAqzDYa',
] as const

/** The decoded answer: each peer and its addresses. */
const read = (bytes: Uint8Array): string[] | undefined => {
  const packet = decodeLocal(bytes, service)
  if (packet?.type !== 'answer') return undefined
  return packet.peers.map(({ id, multiaddrs }) => [id, ...multiaddrs].join(' '))
}

it('decodes its own query, and no query for another service', () => {
  expect(decodeLocal(encodeQuery(service), service)).toEqual({ type: 'query' })
  expect(decodeLocal(encodeQuery('_p2p._udp.local'), service)).toBeUndefined()
})

it('decodes its own answer', () => {
  const addresses = ['/ip4/10.9.0.1/tcp/4001', '/ip4/10.9.0.1/tcp/4002/ws'].map(each => `${each}/p2p/${ada}`)
  const answer = encodeAnswer(service, ada, addresses)
  expect(read(answer)).toEqual([`${ada} /ip4/10.9.0.1/tcp/4001 /ip4/10.9.0.1/tcp/4002/ws`])
  expect(decodeLocal(answer, '_p2p._udp.local')).toBeUndefined()
})

it('leaves out an address that is too long for DNS', () => {
  const long = `/dns4/${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.example/tcp/4001/p2p/${ada}`
  expect(read(encodeAnswer(service, ada, [long, `/ip4/10.9.0.1/tcp/1/p2p/${ada}`]))).toEqual([
    `${ada} /ip4/10.9.0.1/tcp/1`,
  ])
})

it('decodes addresses of several peers, and those in additional records, where other libraries put them', () => {
  const txt = (id: string) =>
    ({ type: 'TXT', name: 'x', data: `dnsaddr=/ip4/10.9.0.1/tcp/1/p2p/${id}` }) as const
  const bytes = encode({
    type: 'response',
    answers: [{ type: 'PTR', name: service, data: `x.${service}` }, txt(ada)],
    additionals: [txt(bob), { type: 'TXT', name: 'x', data: 'something else' }],
  })
  expect(read(bytes)).toEqual([`${ada} /ip4/10.9.0.1/tcp/1`, `${bob} /ip4/10.9.0.1/tcp/1`])
})

it('ignores unreadable packets', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), bytes => {
      expect(read(bytes)).toBeUndefined()
    }),
  )
  const answer = encodeAnswer(service, ada, [`/ip4/10.9.0.1/tcp/1/p2p/${ada}`])
  fc.assert(
    fc.property(fc.nat(answer.length - 1), fc.nat(255), (at, byte) => {
      decodeLocal(answer.with(at, byte), service)
      decodeLocal(answer.subarray(0, at), service)
    }),
  )
})

it('spends no time on a packet that announces more records than it can contain', () => {
  const header = new Uint8Array(12).fill(0xff)
  const start = process.cpuUsage()
  for (let i = 0; i < 1_000; i++) expect(decodeLocal(header, service)).toBeUndefined()
  // A decoder that reserved memory for 262,140 records would need about 3 ms of processor time for each packet.
  const { user, system } = process.cpuUsage(start)
  expect((user + system) / 1_000).toBeLessThan(1_000)
})
