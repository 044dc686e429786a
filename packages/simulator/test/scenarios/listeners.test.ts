/** Every listener with every method that an app may call in it: the member and all other listeners keep working. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Act, acts } from '../listeners/acts.ts'
import { type CallSite, callSites } from '../listeners/call-sites.ts'
import { type Apps, isRunning, type ListenerFixture, openFixture } from '../listeners/run-listeners.ts'

/** More than the rounds of one turn, so that a listener that triggers itself is deferred, too. */
const maxCalls = 40

const reported: unknown[] = []
beforeEach(() => {
  reported.length = 0
  vi.stubGlobal('reportError', (error: unknown) => void reported.push(error))
})
afterEach(() => {
  vi.unstubAllGlobals()
})

/** An error thrown at a value in a schema hides the value. */
const mayAct = ({ isJudge }: CallSite): number => (isJudge ? 1 : maxCalls)

interface Calls {
  /** Calls of the listener that acts. */
  acting: number
  /** Calls of the listeners before and after it. */
  before: number
  after: number
}

/** Adds three listeners; the second one acts. Returns the promises that it awaits. */
function listen(fixture: ListenerFixture, callSite: CallSite, act: Act, calls: Calls): Promise<unknown>[] {
  const awaited: Promise<unknown>[] = []
  const other = (which: 'before' | 'after') => () => {
    calls[which] += 1
  }
  if (!callSite.isAlone) callSite.listen(fixture, other('before'))
  const unlisten = callSite.listen(fixture, () => {
    calls.acting += 1
    if (calls.acting > mayAct(callSite)) return undefined
    return act.run({
      apps: fixture.subject,
      number: calls.acting,
      unlisten,
      listenToo: () => callSite.listen(fixture, () => {}),
      awaits: promise => void awaited.push(promise),
    })
  })
  if (!callSite.isAlone) callSite.listen(fixture, other('after'))
  return awaited
}

/** The subject receives what the other member does now. */
async function expectToReceive(fixture: ListenerFixture, ends: Act['ends']): Promise<void> {
  const { simulation, subject, other } = fixture
  const others = new Set<string>()
  subject.cluster.members.subscribe(() => others.add('members'))
  subject.room.presence.others.subscribe(() => others.add('others'))
  subject.config.entries.subscribe(() => others.add('entries'))
  other.cluster.update({ name: 'later' })
  other.room.presence.set({ later: 1 })
  await other.config.set('later', 1)
  other.room.doc.getMap('map').set('later', 1)
  await simulation.run(5_000)
  const { id } = other.cluster.self
  expect(subject.cluster.members.getSnapshot().find(member => member.id === id)?.name).toBe('later')
  expect(others).toContain('members')
  if (ends !== 'room') {
    const { presence } = subject.room.presence.others.getSnapshot().find(each => each.id === id) ?? {}
    expect(presence).toMatchObject({ later: 1 })
    expect(others).toContain('others')
  }
  if (ends !== 'config') {
    expect(subject.config.get('later')).toBe(1)
    expect(others).toContain('entries')
  }
  if (ends === undefined || ends === 'config') expect(textOf(subject)).toBe(1)
}

const textOf = ({ room }: Apps): unknown => room.doc.getMap('map').get('later')

describe.each(Object.entries(callSites))('in a listener of %s', (_, callSite) => {
  const dropsPromises = callSite.isOfYjs || callSite.isJudge
  const possible = Object.entries(acts).filter(([, { throws }]) => !dropsPromises || throws !== 'later')
  it.each(possible)('an app may: %s', async (_, act) => {
    const fixture = await openFixture(1)
    const calls: Calls = { acting: 0, before: 0, after: 0 }
    const awaited = listen(fixture, callSite, act, calls)
    await callSite.happen(fixture)
    expect(calls.acting).toBeGreaterThan(0)
    if (!callSite.isAlone) {
      expect(calls.before).toBeGreaterThan(0)
      if (act.ends !== 'document' || !callSite.isOfDocument) expect(calls.after).toBeGreaterThan(0)
    }
    await fixture.simulation.run(5_000)
    // An error that a schema throws means that the value is invalid, and is not reported.
    const errors = act.throws && !callSite.isJudge ? Math.min(calls.acting, mayAct(callSite)) : 0
    expect(reported.map(String)).toEqual(Array(errors).fill('Error: of the app'))
    await Promise.all(awaited)
    if (act.ends === 'cluster') {
      expect(isRunning(fixture)).toBe(false)
      expect(fixture.simulation.statusesOf(fixture.subject.name)).toEqual(['left'])
    } else {
      expect(fixture.simulation.statusesOf(fixture.subject.name)).toEqual(['alive'])
      await expectToReceive(fixture, act.ends)
    }
  })
})
