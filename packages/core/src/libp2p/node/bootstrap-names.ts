/**
 * Bootstrap names: a DNS name among the bootstrap addresses that leads to several members, such as a headless service of
 * Kubernetes. The dial of such a name succeeds only when all addresses that it dials have answered.
 *
 * A connection to one of them is not enough. Resolvers put addresses of the own subnet first, and the own address before all
 * others: members would connect to themselves, or the members of each subnet would form a cluster of their own.
 */
import { multiaddr } from '@multiformats/multiaddr'
import { sample } from '../../base/arrays.ts'
import { endpointOf } from '../endpoint-backoff.ts'
import type { NamedMembers } from '../platform.ts'

/** Our choice: members that each dial 16 others at random form one cluster, however many there are. */
const maxDials = 16

const families: Readonly<Record<string, 4 | 6>> = { dns4: 4, dns6: 6 }

export interface BootstrapNamesOptions {
  /** Resolves a host name to all its IP addresses of a family. */
  readonly resolve: (host: string, family: 4 | 6) => Promise<readonly string[]>
  readonly random: () => number
}

export class BootstrapNames implements NamedMembers {
  readonly #options: BootstrapNamesOptions
  /** Bootstrap address → an address that the name leads to → the id of the member that answered there. */
  readonly #answers = new Map<string, ReadonlyMap<string, string>>()

  constructor(options: BootstrapNamesOptions) {
    this.#options = options
  }

  async connect(
    name: string,
    { own, isKnown, dial }: Parameters<NamedMembers['connect']>[1],
  ): Promise<string | undefined> {
    const resolved = await this.#addresses(name)
    const ownEndpoints = new Set(own.map(endpointOf))
    const others = resolved.filter(address => !ownEndpoints.has(endpointOf(multiaddr(address))))
    if (resolved.length > 0 && others.length === 0) throw new Error('the name leads to this member only')
    if (resolved.length < 2) return undefined
    const answers = new Map<string, string>()
    for (const [address, id] of this.#answers.get(name) ?? [])
      if (resolved.includes(address) && isKnown(id)) answers.set(address, id)
    this.#answers.set(name, answers)
    const unanswered = others.filter(address => !answers.has(address))
    const dials = sample(unanswered, maxDials, this.#options.random).map(async address => {
      answers.set(address, await dial(address))
    })
    const outcomes = await Promise.allSettled(dials)
    const errors = outcomes.flatMap(outcome => (outcome.status === 'rejected' ? [outcome.reason] : []))
    const [first] = answers.values()
    if (errors.length === 0 && first !== undefined) return first
    throw new AggregateError(
      errors,
      `${errors.length} of ${others.length} addresses of ${name} do not answer`,
    )
  }

  /**
   * The addresses that a name for TCP leads to. Empty for other addresses.
   *
   * @throws why the name cannot be resolved; a dial of the name would ask the same servers again, and end before they answer
   */
  async #addresses(address: string): Promise<readonly string[]> {
    const [host, tcp, ...rest] = multiaddr(address).getComponents()
    const family = families[host?.name ?? '']
    if (family === undefined || host?.value === undefined || tcp?.name !== 'tcp' || rest.length > 0) return []
    const found = await this.#options.resolve(host.value, family)
    return [...new Set(found)].map(ip => `/ip${family}/${ip}/tcp/${tcp.value}`)
  }
}
