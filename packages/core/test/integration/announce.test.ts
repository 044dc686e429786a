import { afterEach, expect, it } from 'vitest'
import { until } from '../../../../test/helpers/until.ts'
import { join, leaveAll, loopback } from './members.ts'

afterEach(leaveAll)

const proxied = '/dns4/relay.example/tcp/443/wss'

it('a member publishes the announced addresses first, and then no loopback address', async () => {
  const listen = [loopback, `${loopback}/ws`]
  const ada = await join({ cluster: 'atlas', name: 'ada', listen, announce: [proxied] })
  expect(ada.self.addresses).toEqual([`${proxied}/p2p/${ada.self.id}`])
})

it('other members receive the announced addresses', async () => {
  const seed = await join({ cluster: 'atlas', name: 'seed' })
  const bootstrap = seed.self.addresses
  const bob = await join({
    cluster: 'atlas',
    name: 'bob',
    bootstrap,
    announce: [proxied, '/ip4/192.0.2.1/tcp/4001'],
  })
  const published = (all: (typeof seed.self)[]) => all.find(({ name }) => name === 'bob')?.addresses ?? []
  await until(seed.members, all => published([...all]).length === 2)
  expect(published([...seed.members.getSnapshot()])).toEqual(
    [proxied, '/ip4/192.0.2.1/tcp/4001'].map(address => `${address}/p2p/${bob.self.id}`),
  )
})

it('a wrong address to announce is refused before the member starts', async () => {
  await expect(join({ cluster: 'atlas', announce: ['relay.example:443'] })).rejects.toThrow(
    "announce: 'relay.example:443' is not an address",
  )
})
