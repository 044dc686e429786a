import { describe, expect, it } from 'vitest'
import { type DetectorVerdict, FlapDamping } from '../../src/member/flap-damping.ts'

/** One subject, and what an app is shown of it. */
class Subject {
  readonly damping = new FlapDamping(1_000)
  readonly shownAfterEach: (DetectorVerdict | undefined)[] = []
  shown: DetectorVerdict | undefined = 'alive'
  nowMs = 0
  verdict: DetectorVerdict = 'alive'
  incarnation = 1
  observer = { localHealth: 0, visible: 8 }
  /** Others are heard, as it should be. */
  areOthersHeard = true

  /** One that this member hears of for the first time. */
  static unknown(): Subject {
    const subject = new Subject()
    subject.shown = undefined
    return subject
  }

  /** The detector says so now. */
  is(verdict: DetectorVerdict, incarnation = this.incarnation): void {
    this.verdict = verdict
    this.incarnation = incarnation
    this.#look()
  }

  /** Time passes; what is due is looked at. */
  pass(ms: number): void {
    for (let leftMs = ms; leftMs > 0; leftMs -= 500) this.#passAtOnce(Math.min(leftMs, 500))
  }

  #passAtOnce(ms: number): void {
    const untilMs = this.nowMs + ms
    if (this.areOthersHeard) this.damping.received(this.nowMs)
    while (this.damping.nextMs() <= untilMs) {
      this.nowMs = Math.max(this.nowMs, this.damping.nextMs())
      if (this.damping.takeDue(this.nowMs).includes('subject')) this.#look()
    }
    this.nowMs = untilMs
  }

  /** It is declared dead, and takes that back after a while. */
  diesAndReturns(afterMs = 20_000): void {
    this.is('suspect')
    this.pass(500)
    this.is('dead')
    this.pass(afterMs)
    this.is('alive', this.incarnation + 1)
  }

  #look(): void {
    const { verdict, incarnation, nowMs, observer } = this
    const shown = this.damping.decide('subject', verdict, incarnation, this.shown, nowMs, observer)
    if (shown !== this.shown) this.shownAfterEach.push(shown)
    this.shown = shown
  }
}

describe('flap damping', () => {
  it('shows a suspicion that stood for an interval', () => {
    const subject = new Subject()
    subject.is('suspect')
    subject.pass(999)
    expect(subject.shown).toBe('alive')
    subject.pass(1)
    expect(subject.shown).toBe('suspect')
  })

  it('shows no suspicion that is refuted within an interval, and counts it', () => {
    const subject = new Subject()
    for (let i = 0; i < 20; i++) {
      subject.is('suspect')
      subject.pass(900)
      subject.is('alive', subject.incarnation + 1)
      subject.pass(100)
    }
    expect(subject.shownAfterEach).toEqual([])
    expect(subject.damping.refuted).toBe(20)
  })

  it('counts the interval anew when a refuted member is suspected again at once', () => {
    const subject = new Subject()
    subject.is('suspect')
    subject.pass(900)
    subject.is('suspect', 2)
    subject.pass(900)
    expect(subject.shown).toBe('alive')
    expect(subject.damping.refuted).toBe(1)
  })

  it('shows ever fewer suspicions of a member that refutes them slowly', () => {
    const subject = new Subject()
    for (let i = 0; i < 30; i++) {
      subject.is('suspect')
      subject.pass(3_000)
      subject.is('alive', subject.incarnation + 1)
      subject.pass(3_000)
    }
    expect(subject.shownAfterEach).toEqual(['suspect', 'alive'])
  })

  it('holds a suspicion back for longer the more this member doubts itself', () => {
    const subject = new Subject()
    subject.observer = { localHealth: 2, visible: 8 }
    subject.is('suspect')
    subject.pass(2_999)
    expect(subject.shown).toBe('alive')
    subject.pass(1)
    expect(subject.shown).toBe('suspect')
  })

  it('shows no suspicion while nothing arrives from anybody, but a death', () => {
    const subject = new Subject()
    subject.areOthersHeard = false
    subject.is('suspect')
    subject.pass(10_000)
    expect(subject.shown).toBe('alive')
    subject.is('dead')
    expect(subject.shown).toBe('dead')
  })

  it('counts the interval anew when something arrives again', () => {
    const subject = new Subject()
    subject.areOthersHeard = false
    subject.is('suspect')
    subject.pass(10_000)
    subject.damping.received(subject.nowMs)
    subject.pass(999)
    expect(subject.shown).toBe('alive')
    subject.pass(1_001)
    expect(subject.shown).toBe('suspect')
  })

  it('shows a suspicion of the only other member, whose silence is that of everybody', () => {
    const subject = new Subject()
    subject.areOthersHeard = false
    subject.observer = { localHealth: 0, visible: 2 }
    subject.is('suspect')
    subject.pass(1_000)
    expect(subject.shown).toBe('suspect')
  })

  it('shows a death at once, with or without a suspicion before it', () => {
    const subject = new Subject()
    subject.is('suspect')
    subject.pass(500)
    subject.is('dead')
    expect(subject.shownAfterEach).toEqual(['dead'])
  })

  it('shows the first return in a life at once', () => {
    const subject = new Subject()
    subject.diesAndReturns()
    expect(subject.shown).toBe('alive')
  })

  it('keeps a member that died twice out until it was good for a minute, then for two', () => {
    const subject = new Subject()
    subject.diesAndReturns()
    subject.diesAndReturns()
    subject.pass(59_999)
    expect(subject.shown).toBe('dead')
    subject.pass(1)
    expect(subject.shown).toBe('alive')
    subject.diesAndReturns()
    subject.pass(119_999)
    expect(subject.shown).toBe('dead')
    subject.pass(1)
    expect(subject.shown).toBe('alive')
  })

  it('shows every return from a partition at once', () => {
    const subject = new Subject()
    for (let i = 0; i < 4; i++) {
      subject.is('dead')
      subject.pass(5_000)
      subject.damping.partitioned(subject.nowMs)
      subject.pass(60_000)
      subject.is('alive', subject.incarnation + 1)
      expect(subject.shown).toBe('alive')
      subject.pass(60_000)
    }
  })

  it('begins the wait anew when the member is suspected meanwhile', () => {
    const subject = new Subject()
    subject.diesAndReturns()
    subject.diesAndReturns()
    subject.pass(50_000)
    subject.is('suspect')
    subject.is('alive', subject.incarnation + 1)
    subject.pass(59_999)
    expect(subject.shown).toBe('dead')
    subject.pass(1)
    expect(subject.shown).toBe('alive')
  })

  it('shows a flipping link twice in an hour', () => {
    const subject = new Subject()
    for (let i = 0; i < 90; i++) {
      subject.diesAndReturns()
      subject.pass(20_000)
    }
    expect(subject.shownAfterEach).toEqual(['dead', 'alive', 'dead'])
  })

  it('counts no death while nothing came from anybody: it was the observer that was away', () => {
    const subject = new Subject()
    for (let i = 0; i < 5; i++) {
      subject.areOthersHeard = false
      subject.pass(1_000)
      subject.diesAndReturns()
      expect(subject.shown).toBe('alive')
      subject.areOthersHeard = true
      subject.pass(20_000)
    }
  })

  it('shows a new life at once, however often the one before died', () => {
    const subject = new Subject()
    for (let i = 0; i < 5; i++) {
      subject.is('dead')
      subject.is('alive', subject.incarnation + 5_000)
      expect(subject.shown).toBe('alive')
    }
  })

  it('does not show a member that it meets suspected before it is known to live, or not', () => {
    const longDead = Subject.unknown()
    longDead.is('suspect')
    longDead.pass(10_000)
    expect(longDead.shown).toBeUndefined()
    longDead.is('dead')
    expect(longDead.shown).toBe('dead')

    const living = Subject.unknown()
    living.is('suspect')
    living.is('alive', 2)
    expect(living.shown).toBe('alive')
  })

  it('forgets old trouble, and remembers nothing of members without any', () => {
    const subject = new Subject()
    subject.is('alive')
    expect(subject.damping.size).toBe(0)
    subject.diesAndReturns()
    subject.pass(600_000)
    expect(subject.damping.size).toBe(1)
    subject.damping.sweep(subject.nowMs)
    expect(subject.damping.size).toBe(0)
  })
})
