/** Member authority: the keys and the chain of a member of a cluster with an authority. A host provides them for the engine. */
import type { GrantChain } from '../grants/grant-chain.ts'
import type { TicketContent } from '../grants/ticket-codec.ts'
import type { MachineAuthority } from '../member/expulsions.ts'
import type { Signer } from '../wire/signing.ts'

/** A key whose private part this member has. */
export interface SeedKey extends Signer {
  /** The public key, as a member id. */
  readonly id: string
}

export interface MemberAuthority extends MachineAuthority {
  /** The chain with which this member starts. */
  readonly chain: GrantChain
  /** The key of the authority; undefined: this member does not have it. */
  readonly key: SeedKey | undefined
  /** The key of a seed of 32 bytes. */
  keyOf(seed: Uint8Array): Promise<SeedKey>
  /** The secret or the key that a new ticket contains; neither: the cluster has no secret. */
  ticketKeys(): Pick<TicketContent, 'secret' | 'key'>
  /**
   * Makes this member's chain with the invitation of a ticket, and stores it for the next start.
   *
   * @throws {InvalidOptionsError} the ticket is not valid
   */
  redeem(ticket: TicketContent): Promise<GrantChain>
}
