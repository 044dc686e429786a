import { describe, expect, it } from 'vitest'
import { type DetectorVerdict, FlapDamping } from '../../src/member/flap-damping.ts'

/** One subject and the verdicts that an app sees. */
class Subject {
  readonly damping = new FlapDamping(1_000)
  readonly shownAfterEach: (DetectorVerdict | undefined)[] = []
  shown: DetectorVerdict | undefined = 'alive'
  nowMs = 0
  verdict: DetectorVerdict = 'alive'
  incarnation = 1
  observer = { localHealth: 0, visible: 8, isSoleClaim: false }
  /** Whether messages of other members arrive, at least every 500 ms. */
  doMessagesArrive = true

  /** A subject that is not shown yet. */
  static unknown(): Subject {
    const subject = new Subject()
    subject.shown = undefined
    return subject
  }

  /** The detector's verdict changes now. */
  is(verdict: DetectorVerdict, incarnation = this.incarnation): void {
    this.verdict = verdict
    this.incarnation = incarnation
    this.#decide()
  }

  /** Lets time pass and shows verdicts that are due. */
  pass(ms: number): void {
    for (let leftMs = ms; leftMs > 0; leftMs -= 500) this.#passAtOnce(Math.min(leftMs, 500))
  }

  #passAtOnce(ms: number): void {
    const untilMs = this.nowMs + ms
    if (this.doMessagesArrive) this.damping.received(this.nowMs)
    while (this.damping.nextMs() <= untilMs) {
      this.nowMs = Math.max(this.nowMs, this.damping.nextMs())
      if (this.damping.takeDue(this.nowMs).includes('subject')) this.#decide()
    }
    this.nowMs = untilMs
  }

  /** The subject is declared dead, and returns after a while in the next incarnation. */
  diesAndReturns(afterMs = 20_000): void {
    this.is('suspect')
    this.pass(500)
    this.is('dead')
    this.pass(afterMs)
    this.is('alive', this.incarnation + 1)
  }

  #decide(): void {
    const { verdict, incarnation, nowMs, observer } = this
    const shown = this.damping.decide('subject', verdict, incarnation, this.shown, nowMs, observer)
    if (shown !== this.shown) this.shownAfterEach.push(shown)
    this.shown = shown
  }
}

describe('flap damping', () => {
  it('shows a suspicion that lasted for a probe interval', () => {
    const subject = new Subject()
    subject.is('suspect')
    subject.pass(999)
    expect(subject.shown).toBe('alive')
    subject.pass(1)
    expect(subject.shown).toBe('suspect')
  })

  it('shows no suspicion that is refuted within a probe interval, and counts it', () => {
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

  it('restarts the wait when a refuted member is suspected again immediately', () => {
    const subject = new Subject()
    subject.is('suspect')
    subject.pass(900)
    subject.is('suspect', 2)
    subject.pass(900)
    expect(subject.shown).toBe('alive')
    expect(subject.damping.refuted).toBe(1)
  })

  it('shows fewer suspicions of a member that refutes them slowly', () => {
    const subject = new Subject()
    for (let i = 0; i < 30; i++) {
      subject.is('suspect')
      subject.pass(3_000)
      subject.is('alive', subject.incarnation + 1)
      subject.pass(3_000)
    }
    expect(subject.shownAfterEach).toEqual(['suspect', 'alive'])
  })

  it('waits longer before showing a suspicion when the local health multiplier is higher', () => {
    const subject = new Subject()
    subject.observer = { localHealth: 2, visible: 8, isSoleClaim: false }
    subject.is('suspect')
    subject.pass(2_999)
    expect(subject.shown).toBe('alive')
    subject.pass(1)
    expect(subject.shown).toBe('suspect')
  })

  it('shows no suspicion by only one other member that is refuted within four times the wait', () => {
    const subject = new Subject()
    subject.observer = { localHealth: 0, visible: 8, isSoleClaim: true }
    for (let i = 0; i < 5; i++) {
      subject.is('suspect')
      subject.pass(3_500)
      subject.is('alive', subject.incarnation + 1)
    }
    expect(subject.shownAfterEach).toEqual([])
    subject.is('suspect')
    subject.pass(1_500)
    subject.observer = { localHealth: 0, visible: 8, isSoleClaim: false }
    subject.is('suspect')
    expect(subject.shown).toBe('suspect')
  })

  it('while no message arrives from any member, shows no suspicion but shows a death', () => {
    const subject = new Subject()
    subject.doMessagesArrive = false
    subject.is('suspect')
    subject.pass(10_000)
    expect(subject.shown).toBe('alive')
    subject.is('dead')
    expect(subject.shown).toBe('dead')
  })

  it('restarts the wait when messages arrive again', () => {
    const subject = new Subject()
    subject.doMessagesArrive = false
    subject.is('suspect')
    subject.pass(10_000)
    subject.damping.received(subject.nowMs)
    subject.pass(999)
    expect(subject.shown).toBe('alive')
    subject.pass(1_001)
    expect(subject.shown).toBe('suspect')
  })

  it('shows a suspicion of the only other member although no message arrives', () => {
    const subject = new Subject()
    subject.doMessagesArrive = false
    subject.observer = { localHealth: 0, visible: 2, isSoleClaim: false }
    subject.is('suspect')
    subject.pass(1_000)
    expect(subject.shown).toBe('suspect')
  })

  it('shows a death immediately, even if its suspicion was not shown yet', () => {
    const subject = new Subject()
    subject.is('suspect')
    subject.pass(500)
    subject.is('dead')
    expect(subject.shownAfterEach).toEqual(['dead'])
  })

  it('shows the first return of a process immediately', () => {
    const subject = new Subject()
    subject.diesAndReturns()
    expect(subject.shown).toBe('alive')
  })

  it('shows a member that died twice as dead until it was alive for a minute, then for two', () => {
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

  it('shows every return from a partition immediately', () => {
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

  it('restarts the wait when a suspicion lasts for a probe interval meanwhile', () => {
    const subject = new Subject()
    subject.diesAndReturns()
    subject.diesAndReturns()
    subject.pass(50_000)
    subject.is('suspect')
    subject.pass(1_000)
    subject.is('alive', subject.incarnation + 1)
    subject.pass(59_999)
    expect(subject.shown).toBe('dead')
    subject.pass(1)
    expect(subject.shown).toBe('alive')
  })

  it.each([
    { who: 'only one other member, which may lie', isSoleClaim: true, refutedAfterMs: 1_500 },
    { who: 'several members, within a probe interval', isSoleClaim: false, refutedAfterMs: 900 },
  ])('does not restart the wait for refuted suspicions by $who', ({ isSoleClaim, refutedAfterMs }) => {
    const subject = new Subject()
    for (let death = 0; death < 2; death++) subject.diesAndReturns()
    expect(subject.shown).toBe('dead')
    subject.observer = { ...subject.observer, isSoleClaim }
    for (let refuted = 0; refuted < 30; refuted++) {
      subject.is('suspect')
      subject.pass(refutedAfterMs)
      subject.is('alive', subject.incarnation + 1)
      subject.pass(1_500)
    }
    expect(subject.shown).toBe('alive')
  })

  it('shows a flapping connection twice in an hour', () => {
    const subject = new Subject()
    for (let i = 0; i < 90; i++) {
      subject.diesAndReturns()
      subject.pass(20_000)
    }
    expect(subject.shownAfterEach).toEqual(['dead', 'alive', 'dead'])
  })

  it('does not count deaths while no message arrives, because the observer was disconnected', () => {
    const subject = new Subject()
    for (let i = 0; i < 5; i++) {
      subject.doMessagesArrive = false
      subject.pass(1_000)
      subject.diesAndReturns()
      expect(subject.shown).toBe('alive')
      subject.doMessagesArrive = true
      subject.pass(20_000)
    }
  })

  it('shows a new process immediately, even after many deaths of the earlier one', () => {
    const subject = new Subject()
    for (let i = 0; i < 5; i++) {
      subject.is('dead')
      subject.is('alive', subject.incarnation + 5_000)
      expect(subject.shown).toBe('alive')
    }
  })

  it('does not show a new member that is suspected, until the suspicion ends', () => {
    const dead = Subject.unknown()
    dead.is('suspect')
    dead.pass(10_000)
    expect(dead.shown).toBeUndefined()
    dead.is('dead')
    expect(dead.shown).toBe('dead')

    const alive = Subject.unknown()
    alive.is('suspect')
    alive.is('alive', 2)
    expect(alive.shown).toBe('alive')
  })

  it('deletes the track of a member that is alive for long, and has none for other alive members', () => {
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
