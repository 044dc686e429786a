/**
 * Control protocol: the first message in each direction on a control socket.
 *
 * The client sends what it opens, and the member answers with its name and id. Then a `view` speaks the protocol of
 * `connectCluster`, a `log` receives records until one end closes the socket, and an `info` connection ends.
 */
import type { LogLevel, LogRecord } from './log-levels.ts'

/** Both ends must have the same version. */
export const controlVersion = 1

export type Opening =
  /** `mayLeave`: whether `leave()` of the view ends the member. */
  | { readonly control: number; readonly open: 'view'; readonly mayLeave: boolean }
  | { readonly control: number; readonly open: 'log'; readonly level: LogLevel }
  | { readonly control: number; readonly open: 'info' }

/** A view, the log, or information about the member: the client requests one of them. */
export type Opened = Opening extends infer Each
  ? Each extends unknown
    ? Omit<Each, 'control'>
    : never
  : never

/**
 * - `present`: the member takes part in its cluster.
 * - `excluded`: its ticket has expired or was revoked, or the member itself was revoked.
 * - `left`: it leaves its cluster.
 */
export type ControlState = 'present' | 'excluded' | 'left'

/** A member that listens on a control socket. */
export interface ControlMember {
  /** The cluster's name. */
  readonly cluster: string
  /** Id of the member. */
  readonly id: string
  /** The member's name. */
  readonly name: string
  /** The process of the member. */
  readonly pid: number
  /** Whether the member takes part in its cluster. */
  readonly state: ControlState
  /** The path of the control socket. */
  readonly path: string
}

export type Greeting = Omit<ControlMember, 'path'> & { readonly control: number }

/** The messages that a follower of the log receives after the greeting. */
export interface SentRecord {
  readonly record: LogRecord
  /** The number of records before this one that were not sent, because the client was slow. */
  readonly dropped: number
}

/** @returns undefined if the message is no opening */
export function openingOf(message: unknown): Opening | undefined {
  const opening = message as Partial<Opening>
  return typeof message === 'object' &&
    typeof opening?.control === 'number' &&
    typeof opening.open === 'string'
    ? (opening as Opening)
    : undefined
}

/** @returns undefined if the message is no greeting */
export function greetingOf(message: unknown): Greeting | undefined {
  const greeting = message as Partial<Greeting>
  return typeof message === 'object' &&
    typeof greeting?.control === 'number' &&
    typeof greeting.id === 'string'
    ? (greeting as Greeting)
    : undefined
}
