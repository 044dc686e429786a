/**
 * Revocations: which chains no longer count, because a revocation names the subject of one of their grants.
 *
 * Revocations only grow until their date, which is not before that of the revoked grant. The authority may revoke
 * everything. An admin may revoke every grant without the role `admin`, and its revocations count until the authority
 * revokes the admin itself. So all members with the same revocations agree, regardless of the order of arrival.
 */
import type { GrantChain } from './grant-chain.ts'
import { adminRole } from './roles.ts'

export interface Revocation {
  /** The key of an invitation or of a member, as a member id. */
  readonly subject: string
  readonly author: string
  /** The revocation may be forgotten after this date, in epoch milliseconds. */
  readonly untilMs: number
  /** When it was written, in epoch milliseconds of its author's clock. */
  readonly atMs: number
  /** The chain of the author; undefined if the author is the authority. */
  readonly chain: GrantChain | undefined
}

/** The reason why this author may not publish revocations; undefined if it may. Signatures are not checked. */
export function revokerFault({ author, chain, atMs }: Revocation, authority: string): string | undefined {
  if (author === authority) return undefined
  if (chain?.last.subject !== author || chain.last.isInvitation)
    return 'the author carries no grants of its own'
  if (!chain.last.roles.includes(adminRole)) return "the author lacks the role 'admin'"
  return atMs > chain.last.notAfterMs ? 'the grants of the author had expired' : undefined
}

export class Revocations {
  readonly #authority: string
  /** Subject → author → revocation. */
  readonly #bySubject = new Map<string, Map<string, Revocation>>()

  constructor(authority: string) {
    this.#authority = authority
  }

  /** Adds a revocation whose author may revoke and signed it. */
  add(revocation: Revocation): void {
    const { subject, author } = revocation
    const known = this.#bySubject.get(subject) ?? new Map<string, Revocation>()
    this.#bySubject.set(subject, known.set(author, revocation))
  }

  /** From now on these revocations count, and no others. */
  replace(revocations: readonly Revocation[]): void {
    this.#bySubject.clear()
    for (const revocation of revocations) this.add(revocation)
  }

  /** The earliest revocation that ends this chain; undefined if none does. */
  of({ grants }: GrantChain): Revocation | undefined {
    if (this.#bySubject.size === 0) return undefined
    const found = grants.flatMap(({ subject, roles }) =>
      [...(this.#bySubject.get(subject)?.values() ?? [])].filter(each =>
        this.#counts(each, roles.includes(adminRole)),
      ),
    )
    return found.reduce<Revocation | undefined>(
      (first, each) => (first && first.atMs <= each.atMs ? first : each),
      undefined,
    )
  }

  /** Whether the authority has revoked the admin that wrote this revocation. */
  isVoid({ author, chain }: Revocation): boolean {
    if (author === this.#authority || !chain) return false
    return chain.grants.some(({ subject }) => this.#bySubject.get(subject)?.has(this.#authority))
  }

  /** @param isAdmin whether the revoked grant has the role `admin` */
  #counts(revocation: Revocation, isAdmin: boolean): boolean {
    if (revocation.author === this.#authority) return true
    return !isAdmin && revocation.chain !== undefined && !this.isVoid(revocation)
  }
}
