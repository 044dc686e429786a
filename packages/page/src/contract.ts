/** Contract between the page and the demo that serves it: requests, state, and the presence in the page's room. */

/** The real state of a process, independent of what the members know. */
export type ProcessState = 'off' | 'running' | 'frozen' | 'cut' | 'killed' | 'left'

/** The commands to a process, with the states in which each is allowed. */
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

/** One process of the demo. */
export interface DemoProcess {
  readonly name: string
  /** Its member id; undefined until the member is ready. */
  readonly id: string | undefined
  readonly state: ProcessState
}

/** Sent to the page at each change, as server-sent events at `paths.state`. */
export interface DemoState {
  readonly cluster: string
  /** The scenario is running: commands are rejected until it ends. */
  readonly isScenarioRunning: boolean
  /** Addresses of members that browsers can dial. */
  readonly bootstrap: readonly string[]
  readonly processes: readonly DemoProcess[]
}

export const paths = {
  state: '/demo/state',
  /**
   * POST with the page's own origin and the type `application/json`, without a body: 204 if done, 404 if there is no such
   * process or command, 409 if the command is not allowed now.
   */
  command: <N extends string, O extends string>(name: N, order: O): `/demo/processes/${N}/${O}` =>
    `/demo/processes/${name}/${order}`,
} as const

/** The room that all members of a demo join. */
export const roomName = 'page'

/** The presence of each member in that room. */
export interface Shown {
  /** The `shortId` of each member to which this member is connected. */
  readonly connections: readonly string[]
  /** The position of its pointer in the drawing: 0 to 1 from the left and from the top; null if it is outside. */
  readonly cursor: Point | null
}

export interface Point {
  readonly x: number
  readonly y: number
}

/** The end of an id: short enough to read and for small messages. */
export const shortId = (id: string): string => id.slice(-8)

/** The tag whose value is `process` or `tab`. */
export const kindTag = 'kind'
export type MemberKind = 'process' | 'tab'
