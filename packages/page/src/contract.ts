/** Contract: what the page and the demo that serves it say to each other, and what members show in the page's room. */

/** What is true of a process, whatever the members believe. */
export type ProcessState = 'off' | 'running' | 'frozen' | 'cut' | 'killed' | 'left'

/** What can be done to a process; and in which states. */
export const commands = {
  freeze: ['running'],
  thaw: ['frozen'],
  cut: ['running'],
  heal: ['cut'],
  leave: ['running'],
  kill: ['running', 'frozen', 'cut'],
  restart: ['killed', 'left'],
} as const satisfies Record<string, readonly ProcessState[]>

export type ProcessCommand = keyof typeof commands

export interface DemoProcess {
  readonly name: string
  /** Its member id, once it is ready. */
  readonly id: string | undefined
  readonly state: ProcessState
}

/** Sent to the page as it changes, as server-sent events at `paths.state`. */
export interface DemoState {
  readonly cluster: string
  /** The story is being told: orders are refused until it ends. */
  readonly isScenarioRunning: boolean
  /** Where browsers find a member. */
  readonly bootstrap: readonly string[]
  readonly processes: readonly DemoProcess[]
}

export const paths = {
  state: '/demo/state',
  /** POST: 204 when it is done, 404 if there is no such process or order, 409 if it cannot be done now. */
  command: <N extends string, O extends string>(name: N, order: O): `/demo/processes/${N}/${O}` =>
    `/demo/processes/${name}/${order}`,
} as const

/** The room in which all members of a demo are. */
export const roomName = 'page'

/** What each member shows there. */
export interface Shown {
  /** Those it has a connection to, by `shortId`. */
  readonly connections: readonly string[]
  /** Where its pointer is in the drawing: 0 to 1 from the left and from the top. */
  readonly cursor: Point | null
}

export interface Point {
  readonly x: number
  readonly y: number
}

/** The end of an id, for people and for small messages. */
export const shortId = (id: string): string => id.slice(-8)

/** The tag that tells processes and tabs apart. */
export const kindTag = 'kind'
export type MemberKind = 'process' | 'tab'
