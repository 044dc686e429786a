/** Messages between the demo and its member processes, over Node's IPC. */
import type { ClusterEventType, JoinOptions, MemberStatus } from '@hearsay/core'

/** To a member. */
export type Command =
  | { readonly order: 'start'; readonly options: JoinOptions }
  | { readonly order: 'tag'; readonly key: string; readonly value: string }
  | { readonly order: 'leave' }
  /** `cut`: disconnects the member from the network, as if its cable were unplugged. `heal`: restores the network. */
  | { readonly order: 'cut' | 'heal' }

/** From a member. Times are epoch milliseconds, which all processes of a machine share. */
export type Report =
  | {
      readonly report: 'ready'
      readonly id: string
      readonly addresses: readonly string[]
      readonly incarnation: number
    }
  | ObservedEvent
  | { readonly report: 'view'; readonly of: readonly MemberSnapshot[] }

/** An event about another member. */
export interface ObservedEvent {
  readonly report: 'event'
  readonly event: ClusterEventType
  /** The name of the other member. */
  readonly name: string
  readonly id: string
  readonly incarnation: number
  readonly tags: Readonly<Record<string, string>>
  readonly at: number
}

/** The report of a member process about another member. */
export interface MemberSnapshot {
  readonly name: string
  readonly status: MemberStatus
  readonly isAsleep: boolean
  readonly receivedAtMs?: number
  readonly phi?: number
  readonly roundTripMs?: number
}
