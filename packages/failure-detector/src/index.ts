/**
 * Public interface: SWIM, Lifeguard and phi accrual as one pure state machine, and the K rings that assign monitors to
 * members.
 */
export type { Attention } from './attention.ts'
export { createDetector, type DetectorOptions } from './create-detector.ts'
export type { Detector } from './detector.ts'
export type { DetectorEffect } from './effect.ts'
export type { ConnectionEvent, DetectorInput, Subject } from './input.ts'
export { type DetectorParameters, type ProfileName, plainSwim, profiles } from './parameters.ts'
export type { ProbeMessage } from './probe-message.ts'
export { createRings, type Rings, ringNeighbours } from './rings.ts'
export type { DetectorStatus } from './status.ts'
