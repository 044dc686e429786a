/** Figures: what the story measures of one subject. */
import type { Detection, Join, Spread, Start } from '../processes/delays.ts'
import type { Cost } from './cost.ts'

export interface Figures extends Partial<LaterFigures> {
  /** All at the same instant. */
  readonly start: Start
  /** One after the other. */
  readonly join: Join
}

/** What follows, unless only the start is asked for. */
export interface LaterFigures {
  readonly idle: Cost
  readonly crash: Detection
  readonly hang: Detection
  readonly return: Spread
  readonly stopAndGo: StopAndGo
}

/** Events, not members: one that is declared dead by 20 others counts 20 times. */
export interface StopAndGo {
  readonly healthyDeclaredDead: number
  readonly healthySuspected: number
  readonly stoppedDeclaredDead: number
}
