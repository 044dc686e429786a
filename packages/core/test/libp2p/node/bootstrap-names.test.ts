import { multiaddr } from '@multiformats/multiaddr'
import { expect, it } from 'vitest'
import { BootstrapNames } from '../../../src/libp2p/node/bootstrap-names.ts'

const name = '/dns4/members.example/tcp/4001'
const at = (last: number) => `/ip4/10.9.0.${last}/tcp/4001`

/** A name that leads to hosts, and the members that answer there. */
class Bench {
  hosts: string[]
  readonly silent = new Set<string>()
  readonly forgotten = new Set<string>()
  dialled: string[] = []
  readonly #names = new BootstrapNames({
    resolve: async host => {
      if (host !== 'members.example') throw new Error('ENOTFOUND')
      return this.hosts
    },
    random: () => 0,
  })

  constructor(...last: number[]) {
    this.hosts = last.map(each => `10.9.0.${each}`)
  }

  async connect(address = name, own = at(1)): Promise<string | undefined> {
    this.dialled = []
    return await this.#names.connect(address, {
      own: [multiaddr(`${own}/p2p/12D3KooWA4Xop1JaT3MHxwYMkCepYsv4iPVopMXwCz5iHYdBfeSB`)],
      isKnown: id => !this.forgotten.has(id),
      dial: async address => {
        this.dialled.push(address)
        if (this.silent.has(address)) throw new Error('silent')
        return `member at ${address}`
      },
    })
  }
}

it('dials all addresses of a name except its own', async () => {
  const bench = new Bench(1, 2, 3)
  expect(await bench.connect()).toBe(`member at ${at(2)}`)
  expect(bench.dialled).toEqual([at(2), at(3)])
})

it('leaves other addresses, and names that lead to one address, to the dialler', async () => {
  const bench = new Bench(1, 2, 3)
  const id = '12D3KooWA4Xop1JaT3MHxwYMkCepYsv4iPVopMXwCz5iHYdBfeSB'
  for (const address of [at(2), `${name}/ws`, `${name}/p2p/${id}`])
    expect(await bench.connect(address)).toBeUndefined()
  bench.hosts = ['10.9.0.2']
  expect(await bench.connect()).toBeUndefined()
  expect(bench.dialled).toEqual([])
})

it('fails while an address does not answer, and then dials only the addresses without a known member', async () => {
  const bench = new Bench(1, 2, 3, 4)
  bench.silent.add(at(3))
  await expect(bench.connect()).rejects.toThrow(
    '1 of 3 addresses of /dns4/members.example/tcp/4001 do not answer',
  )
  bench.silent.clear()
  bench.forgotten.add(`member at ${at(4)}`)
  expect(await bench.connect()).toBe(`member at ${at(2)}`)
  expect(bench.dialled).toEqual([at(3), at(4)])
})

it('fails if the name cannot be resolved, and says why', async () => {
  await expect(new Bench(1).connect('/dns4/other.example/tcp/4001')).rejects.toThrow('ENOTFOUND')
})

it('fails if the name leads to this member only', async () => {
  for (const bench of [new Bench(1), new Bench(1, 1)])
    await expect(bench.connect()).rejects.toThrow('the name leads to this member only')
})

it('dials at most 16 addresses at a time', async () => {
  const bench = new Bench(...Array.from({ length: 40 }, (_, i) => i + 1))
  await bench.connect()
  expect(bench.dialled).toHaveLength(16)
})
