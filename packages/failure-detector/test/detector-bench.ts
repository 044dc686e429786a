import { expect } from 'vitest'
import {
  createDetector,
  type Detector,
  type DetectorEffect,
  type DetectorInput,
  type DetectorOptions,
  type ProbeMessage,
} from '../src/index.ts'

/** A detector `me` with a clock. It knows `a`, `b`, `c` and `d`; its only subject is `a`, which `b` and `c` monitor too. */
export class DetectorBench {
  readonly detector: Detector
  nowMs = 0

  constructor(options: Partial<DetectorOptions> = {}) {
    this.detector = createDetector({ self: 'me', random: () => 0, probeOrder: 'given', ...options })
    this.handle({ type: 'member', id: 'me', incarnation: 1 })
    for (const id of 'abcd') this.handle({ type: 'member', id, incarnation: 1 })
    this.handle({ type: 'subjects', subjects: [{ id: 'a', monitors: ['me', 'b', 'c'] }] })
  }

  handle(input: DetectorInput): DetectorEffect[] {
    return this.detector.handle(input, this.nowMs)
  }

  receive(from: string, message: ProbeMessage): DetectorEffect[] {
    return this.handle({ type: 'message', from, message })
  }

  suspect(subject: string, observer: string, { incarnation = 1, refused = false } = {}): DetectorEffect[] {
    return this.handle({ type: 'suspicion', subject, incarnation, observer, refused })
  }

  /** Lets time pass, with a call at every deadline. */
  pass(ms: number): DetectorEffect[] {
    const untilMs = this.nowMs + ms
    const effects: DetectorEffect[] = []
    while (this.detector.deadlineMs() <= untilMs) {
      this.nowMs = Math.max(this.nowMs, this.detector.deadlineMs())
      effects.push(...this.detector.advance(this.nowMs))
      expect(this.detector.deadlineMs()).toBeGreaterThan(this.nowMs)
    }
    this.nowMs = untilMs
    return effects
  }
}

export const sends = (effects: readonly DetectorEffect[], type: ProbeMessage['type']) =>
  effects.flatMap(effect => (effect.type === 'send' && effect.message.type === type ? [effect] : []))
export const seqOf = (effects: readonly DetectorEffect[], type: ProbeMessage['type'] = 'ping'): number =>
  sends(effects, type)[0]?.message.seq ?? Number.NaN
export const stateEffects = (effects: readonly DetectorEffect[]): string[] =>
  effects.flatMap(effect => (effect.type === 'send' ? [] : [effect.type]))
