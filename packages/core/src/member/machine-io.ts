/** The inputs of the membership machine and the effects that its host carries out. */
import type { ConnectionEvent, ProbeMessage } from '@hearsay/failure-detector'
import type { OverlayAction } from '../overlay/overlay.ts'
import type { SyncMessage } from '../wire/codec.ts'
import type { Draft, PolicyFact, SignedFact } from '../wire/fact.ts'
import type { LocalChange } from './local-record.ts'
import type { MemberEvent } from './member-view.ts'

export type MachineInput =
  /** Verified facts of a rumor. `from`: the peer that sent the rumor. */
  | { readonly type: 'rumors'; readonly from?: string; readonly facts: readonly SignedFact[] }
  /** The signed fact of a `sign` effect. */
  | { readonly type: 'signed'; readonly fact: SignedFact }
  /**
   * A policy fact that this member signed, with its own key or with that of the authority. The machine merges and publishes
   * it.
   */
  | { readonly type: 'policy'; readonly fact: PolicyFact }
  /** A sync step; `facts` are the new facts of the step, verified. */
  | {
      readonly type: 'sync'
      readonly from: string
      readonly message: SyncMessage
      readonly facts: readonly SignedFact[]
    }
  | { readonly type: 'probe'; readonly from: string; readonly message: ProbeMessage }
  /** `isOurs`: on `open`, whether this end may close the connection when it is not needed any more. */
  | {
      readonly type: 'connection'
      readonly id: string
      readonly state: ConnectionEvent
      readonly isOurs?: boolean
    }
  /** The member with this id answered at a bootstrap address. */
  | { readonly type: 'bootstrap-connected'; readonly address: string; readonly id: string }
  | { readonly type: 'bootstrap-failed'; readonly address: string }
  /** The members that are connected without an open gossipsub stream. */
  | { readonly type: 'silent-pubsub'; readonly ids: readonly string[] }
  /** A space needs a connection to this member before the rings have settled. */
  | { readonly type: 'connect-now'; readonly id: string }
  /** The members to be connected to besides the neighbours, because they share a space. */
  | { readonly type: 'extra-peers'; readonly ids: readonly string[] }
  /** The relays of a member that cannot listen itself; `[]`: none so far. A member that can listen never sends this input. */
  | { readonly type: 'relays'; readonly ids: readonly string[] }
  | { readonly type: 'local-change'; readonly change: LocalChange }
  /** This computer's network changed: dials that failed before may succeed now. */
  | { readonly type: 'network-changed' }
  /** An app reads round-trip times. The host repeats this input every second while the app reads them. */
  | { readonly type: 'measure-round-trips' }
  /** The machine resumed: if this member is asleep, it is awake from now on. */
  | { readonly type: 'resumed' }
  /** The wall clock ran `ms` ahead of the monotonic clock: the computer was suspended. */
  | { readonly type: 'suspended'; readonly ms: number }
  | { readonly type: 'leave' }

export type MachineEffect =
  /** Sign the draft and hand the fact back as a `signed` input, in the order of these effects. */
  | { readonly type: 'sign'; readonly draft: Draft }
  | { readonly type: 'publish'; readonly facts: readonly SignedFact[] }
  | { readonly type: 'send-probe'; readonly to: string; readonly message: ProbeMessage }
  | { readonly type: 'send-sync'; readonly to: string; readonly message: SyncMessage }
  | OverlayAction
  /** A connected member does not answer: try another connection. */
  | { readonly type: 'check-connection'; readonly id: string }
  /** The addresses at which to dial a member; empty if the member was removed. */
  | { readonly type: 'set-addresses'; readonly id: string; readonly addresses: readonly Uint8Array[] }
  /** Store the policy fact, which the machine has merged, and act on it. */
  | { readonly type: 'policy'; readonly fact: PolicyFact }
  /** These policy facts ended, or count again because the clock was set back: store this. */
  | { readonly type: 'policy-ended'; readonly facts: readonly PolicyFact[] }
  /** Store this member's incarnation across restarts. */
  | { readonly type: 'persist'; readonly incarnation: number }
  /** Store these multiaddrs of other members across restarts. */
  | { readonly type: 'persist-cached-peers'; readonly addresses: readonly string[] }
  /** Grants have ended: close the connections to peers that were admitted by them, also to those without a record. */
  | { readonly type: 'review-connections' }
  /** An event for the app. */
  | { readonly type: 'event'; readonly event: MemberEvent }
  /**
   * The records or statuses of these other members changed in this step, including members that were never alive here and
   * have no events. At most one such effect per step, always the first: later decisions must see all changes of the step.
   */
  | { readonly type: 'changed'; readonly ids: readonly string[] }
  /** Another process with this member's identity was detected, or is no longer detected. */
  | { readonly type: 'identity'; readonly isCopied: boolean }
  /** All members that were connected at the leave have acknowledged it, or their connections closed. */
  | { readonly type: 'leave-acknowledged' }
