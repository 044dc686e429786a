/** Figures: what the scenario measures of one subject. */
import type { Detection, Join, Spread, Start } from '../processes/delays.ts'
import type { Cost } from './cost.ts'

export interface Figures extends Partial<LaterFigures> {
  /** All members started at the same instant. */
  readonly start: Start
  /** The members started one after the other. */
  readonly join: Join
}

/** The later figures, unless only the start is requested. */
export interface LaterFigures {
  readonly idle: Cost
  readonly crash: Detection
  readonly hang: Detection
  readonly return: Spread
  readonly stopAndGo: StopAndGo
}

/** Counts events, not members: a member that 20 others declare dead counts 20 times. */
export interface StopAndGo {
  readonly healthyDeclaredDead: number
  readonly healthySuspected: number
  readonly stoppedDeclaredDead: number
}
