import { describe, expect, it } from 'vitest'
import type { Health } from '../../src/api/health.ts'
import { problemsOf } from '../../src/handles/problems.ts'
import { noRefusedFacts } from '../../src/member/refused-facts.ts'

const well: Omit<Health, 'problems'> = {
  localHealth: 0,
  pauses: 0,
  recentPauseMs: 0,
  refutedSuspicions: 0,
  visible: 3,
  known: 3,
  identityCopied: false,
  partitionSuspected: false,
  cutOff: false,
  grantsEnd: undefined,
  connections: 2,
  silentConnections: 0,
  full: false,
  provisional: 0,
  refusedFacts: noRefusedFacts,
  rejected: 0,
  limited: 0,
  clientIdCollisions: 0,
  storage: 'ok',
  storageError: undefined,
  localDiscoveryError: undefined,
  admissionError: undefined,
  refusedConnections: 0,
  droppedConnections: 0,
  abortedStreams: 0,
}
const lonely = { visible: 1, known: 1, connections: 0 }

const namesOf = (changes: Partial<Health>, runningMs = 60_000) =>
  problemsOf({ ...well, ...changes }, [], runningMs).map(({ name }) => name)

describe('the problems of a member', () => {
  it('are none while all figures are good', () => {
    expect(namesOf({})).toEqual([])
    expect(namesOf({ localHealth: 2, pauses: 9, refutedSuspicions: 9, rejected: 9, limited: 9 })).toEqual([])
  })

  it('do not say that nothing arrives when no other member is known, or when the grants of this member have ended', () => {
    expect(namesOf({ cutOff: true, visible: 1, known: 1 })).toEqual([])
    expect(namesOf({ cutOff: true, grantsEnd: 'expired' })).toEqual(['not-a-member'])
  })

  it.each([
    ['identity-copied', { identityCopied: true }, 'Stop one of the two'],
    ['storage', { storage: 'failing', storageError: 'The disk is full.' }, 'The disk is full.'],
    ['not-admitted', { admissionError: 'Give both ends the same secret.' }, 'the same secret'],
    ['local-discovery', { localDiscoveryError: 'port 5353 is in use' }, 'port 5353 is in use'],
    ['partition', { partitionSuspected: true, visible: 2, known: 6 }, '4 of 6 members disappeared'],
    ['cut-off', { cutOff: true }, 'Nothing arrives from any other member'],
    ['paused', { recentPauseMs: 2_345 }, 'stood still for 2.3 s'],
    ['lossy-network', { localHealth: 3 }, 'local health 3 of 7'],
    ['silent-connections', { silentConnections: 1 }, 'carried no gossip'],
    ['full', { full: true }, 'The table is full'],
  ] satisfies [string, Partial<Health>, string][])('name `%s` with %j', (name, changes, words) => {
    const [problem, ...others] = problemsOf({ ...well, ...changes }, [], 60_000)
    expect(problem).toEqual({ name, text: expect.stringContaining(words) })
    expect(others).toEqual([])
  })

  it('say after six seconds that a member is alone, unless another problem says why', () => {
    expect(namesOf(lonely, 5_999)).toEqual([])
    expect(namesOf(lonely, 6_000)).toEqual(['alone'])
    expect(namesOf({ ...lonely, admissionError: 'no' })).toEqual(['not-admitted'])
    const fromHost = [{ name: 'bootstrap-unreachable', text: 'no' }] as const
    expect(problemsOf({ ...well, ...lonely }, fromHost, 60_000)).toEqual(fromHost)
  })
})
