/** What goes into a member's machine, and what it asks of its host. */
import type { ConnectionEvent, ProbeMessage } from '@hearsay/failure-detector'
import type { OverlayAction } from '../overlay/overlay.ts'
import type { SyncMessage } from '../wire/codec.ts'
import type { Draft, SignedFact } from '../wire/fact.ts'
import type { LocalChange } from './local-record.ts'
import type { MemberEvent } from './member-view.ts'

export type MachineInput =
  /** Verified facts, out of a rumor. */
  | { readonly type: 'rumors'; readonly facts: readonly SignedFact[] }
  /** One's own draft, signed. */
  | { readonly type: 'signed'; readonly fact: SignedFact }
  /** A step of an exchange; `facts` are those of it that are news and verified. */
  | {
      readonly type: 'sync'
      readonly from: string
      readonly message: SyncMessage
      readonly facts: readonly SignedFact[]
    }
  | { readonly type: 'probe'; readonly from: string; readonly message: ProbeMessage }
  /** `isOurs`: on `open`, whether this end may close it when it is not needed any more. */
  | {
      readonly type: 'connection'
      readonly id: string
      readonly state: ConnectionEvent
      readonly isOurs?: boolean
    }
  /** Who answered at a bootstrap address. */
  | { readonly type: 'bootstrap-connected'; readonly address: string; readonly id: string }
  | { readonly type: 'bootstrap-failed'; readonly address: string }
  /** Any byte directly from a member, beside sync and probe. */
  | { readonly type: 'evidence'; readonly id: string }
  /** Connected, but gossipsub is silent there. */
  | { readonly type: 'silent-pubsub'; readonly ids: readonly string[] }
  /** Members to be connected to besides the neighbours: they share something. */
  | { readonly type: 'extra-peers'; readonly ids: readonly string[] }
  /** By whom a member is found that cannot listen by itself; `[]`: by nobody so far. Others never say so. */
  | { readonly type: 'relays'; readonly ids: readonly string[] }
  | { readonly type: 'local-change'; readonly change: LocalChange }
  /** This machine's own network is another now: what failed before may work. */
  | { readonly type: 'network-changed' }
  /** Somebody looks at the hearts, and does so every second. */
  | { readonly type: 'measure-round-trips' }
  /** The wall clock ran `ms` ahead of the monotonic one: the machine slept. */
  | { readonly type: 'suspended'; readonly ms: number }
  | { readonly type: 'leave' }

export type MachineEffect =
  /** Sign and hand back as `signed`, in this order. */
  | { readonly type: 'sign'; readonly draft: Draft }
  | { readonly type: 'publish'; readonly facts: readonly SignedFact[] }
  | { readonly type: 'send-probe'; readonly to: string; readonly message: ProbeMessage }
  | { readonly type: 'send-sync'; readonly to: string; readonly message: SyncMessage }
  | OverlayAction
  /** Where a member can be dialled; nowhere: it is forgotten. */
  | { readonly type: 'set-addresses'; readonly id: string; readonly addresses: readonly Uint8Array[] }
  /** One's own incarnation, to be kept over a restart. */
  | { readonly type: 'persist'; readonly incarnation: number }
  /** Where others can be found, multiaddrs, likewise. */
  | { readonly type: 'persist-cached-peers'; readonly addresses: readonly string[] }
  /** What an app hears of. */
  | { readonly type: 'event'; readonly event: MemberEvent }
  /**
   * Records or statuses of these others changed in this step, be it of some that were never alive here and have no
   * events. The first effect of a step, and one for all: what is decided by one member must not overlook another.
   */
  | { readonly type: 'changed'; readonly ids: readonly string[] }
  /** Another process runs with this member's identity, or does so no longer. */
  | { readonly type: 'identity'; readonly isCopied: boolean }
  /** All neighbours have the goodbye. */
  | { readonly type: 'leave-acknowledged' }
