/** SWIM, Lifeguard and phi accrual as one pure state machine, and the K rings that say who probes whom. */
export type { Attention } from './attention.ts'
export { createDetector, type Detector, type DetectorOptions } from './detector.ts'
export type { DetectorEffect } from './effect.ts'
export type { DetectorInput, LinkState, Subject } from './input.ts'
export { type DetectorKnobs, type ProfileName, plainSwim, profiles } from './knobs.ts'
export type { ProbeMessage } from './probe-message.ts'
export { createRings, type Rings, ringNeighbours } from './rings.ts'
export type { DetectorStatus } from './status.ts'
