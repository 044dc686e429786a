/**
 * DNS lookup: resolves host names as Node does, but does not delay the end of the process.
 *
 * The system's resolver cannot be cancelled: while no name server answers, it keeps the process alive for 5 to 30 s, even
 * after `process.exit`. Therefore a resolver that can be cancelled is queried first. As soon as any name server answers, even
 * that the name does not exist, the system's resolver is queried, which also supports search domains and other sources.
 * Names that need no name server are resolved by the system directly.
 */
import { type LookupOptions, lookup } from 'node:dns'
import { Resolver } from 'node:dns/promises'
import { readFile } from 'node:fs/promises'
import type { LookupFunction } from 'node:net'
import { join } from 'node:path'

/** Our choice, with two tries: well within the 10 s of a dial. */
const answerTimeoutMs = 2_000
const tries = 2

type Callback = Parameters<LookupFunction>[2]

export class DnsLookup {
  readonly #resolvers = new Set<Resolver>()
  #isCancelled = false

  /** For the option `lookup` of `net.connect`. */
  readonly lookup: LookupFunction = (host, options, callback) => {
    void this.#lookUp(host, options, callback)
  }

  /** All addresses of a name. */
  addresses(host: string, family: 4 | 6): Promise<string[]> {
    return new Promise((resolve, reject) => {
      this.lookup(host, { all: true, family }, (error, found) => {
        if (error || typeof found === 'string') reject(error)
        else resolve(found.map(({ address }) => address))
      })
    })
  }

  /** Fails all pending and all later lookups. */
  cancel(): void {
    this.#isCancelled = true
    for (const resolver of this.#resolvers) resolver.cancel()
  }

  async #lookUp(host: string, options: LookupOptions, callback: Callback): Promise<void> {
    const timeoutError = (await isLocal(host)) ? undefined : await this.#resolverTimeout(host)
    if (timeoutError) callback(timeoutError, [])
    else if (this.#isCancelled) callback(new Error(`the lookup of ${host} was cancelled`), [])
    else lookup(host, options, callback)
  }

  /** The error if no name server answers; undefined if one does, with any answer. */
  async #resolverTimeout(host: string): Promise<Error | undefined> {
    const resolver = new Resolver({ timeout: answerTimeoutMs, tries })
    this.#resolvers.add(resolver)
    try {
      if (!this.#isCancelled) await resolver.resolve4(host)
      return undefined
    } catch (error) {
      const isTimeout = error instanceof Error && 'code' in error && error.code === 'ETIMEOUT'
      return isTimeout ? error : undefined
    } finally {
      this.#resolvers.delete(resolver)
    }
  }
}

/** Whether the system resolves the name without a name server: localhost, a multicast name, or one in the hosts file. */
async function isLocal(host: string): Promise<boolean> {
  const name = host.toLowerCase()
  if (name === 'localhost' || name.endsWith('.localhost') || name.endsWith('.local')) return true
  const hosts = await readFile(hostsFile, 'utf8').catch(() => '')
  return hosts.toLowerCase().split(/\s+/).includes(name)
}

const hostsFile =
  process.platform === 'win32'
    ? join(process.env['SystemRoot'] ?? 'C:\\Windows', 'System32\\drivers\\etc\\hosts')
    : '/etc/hosts'
