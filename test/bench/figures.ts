/** Figures: what the story measures of one subject. */
import type { Detection, Join, Spread } from '../processes/delays.ts'
import type { Cost } from './cost.ts'

export interface Figures {
  readonly join: Join
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
