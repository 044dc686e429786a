/**
 * Lookups: host names become addresses as everywhere in Node, but a process that ends does not wait for them.
 *
 * The system's resolver cannot be interrupted: while no name server answers it keeps the process alive for 5 to 30 s, even
 * after `process.exit`. So a resolver that can be is asked first. When any name server answers, be it that it does not
 * know the name, the system is asked, which also knows search domains and much else. Names for which it needs no name
 * server are asked of it at once.
 */
import { type LookupOptions, lookup } from 'node:dns'
import { Resolver } from 'node:dns/promises'
import { readFile } from 'node:fs/promises'
import type { LookupFunction } from 'node:net'
import { join } from 'node:path'

/** A dial has 10 s. */
const answerTimeoutMs = 2_000
const tries = 2

type Callback = Parameters<LookupFunction>[2]

export class DnsLookup {
  readonly #resolvers = new Set<Resolver>()
  #isCancelled = false

  /** As `lookup` of `net.connect`. */
  readonly lookup: LookupFunction = (host, options, callback) => {
    void this.#lookUp(host, options, callback)
  }

  /** All that wait fail, and whatever is asked later. */
  cancel(): void {
    this.#isCancelled = true
    for (const resolver of this.#resolvers) resolver.cancel()
  }

  async #lookUp(host: string, options: LookupOptions, callback: Callback): Promise<void> {
    const timeoutError = (await isLocal(host)) ? undefined : await this.#resolverTimeout(host)
    if (timeoutError) callback(timeoutError, [])
    else if (this.#isCancelled) callback(new Error(`${host} is not looked up any more`), [])
    else lookup(host, options, callback)
  }

  /** The error of name servers that do not answer; undefined if one does, whatever it says. */
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

/** Whether the system knows it without a name server: its own name, in its hosts file, or asked by multicast. */
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
