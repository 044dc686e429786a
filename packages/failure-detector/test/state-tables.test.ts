import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type ConnectionInput, connectionTransitions } from '../src/connection-handler.ts'
import type { ConnectionState } from '../src/connection-tracker.ts'
import { createDetector, type Detector, type DetectorEffect, type DetectorInput } from '../src/index.ts'
import type { MemberState } from '../src/member-list.ts'
import { ignore, impossible, type MemberInput, memberTransitions } from '../src/member-transitions.ts'

/** A detector in which each cell of the tables can be tried: `b`, `c` and `d` are alive, and `a` is the subject if there is one. */
class TableBench {
  readonly detector: Detector = createDetector({ self: 'me', random: () => 0, probeOrder: 'given' })
  nowMs = 0

  constructor(subjects: readonly string[]) {
    for (const id of ['me', 'b', 'c', 'd']) this.handle({ type: 'member', id, incarnation: 5 })
    this.handle({ type: 'subjects', subjects: subjects.map(id => ({ id, monitors: [] })) })
  }

  handle(input: DetectorInput): DetectorEffect[] {
    return this.detector.handle(input, this.nowMs)
  }

  /** Lets time pass with a call at every deadline. */
  pass(ms: number): DetectorEffect[] {
    const untilMs = this.nowMs + ms
    const effects: DetectorEffect[] = []
    while (this.detector.deadlineMs() <= untilMs) {
      this.nowMs = Math.max(this.nowMs, this.detector.deadlineMs())
      effects.push(...this.detector.advance(this.nowMs))
    }
    this.nowMs = untilMs
    return effects
  }
}

const member = (incarnation: number): DetectorInput => ({ type: 'member', id: 'a', incarnation })
const left = (incarnation: number): DetectorInput => ({ type: 'left', id: 'a', incarnation })
const suspicion = (observer: string): DetectorInput => ({
  type: 'suspicion',
  subject: 'a',
  incarnation: 5,
  observer,
  refused: false,
})
const connection = (id: string, state: 'open' | 'closed' | 'refused'): DetectorInput => ({
  type: 'connection',
  id,
  state,
})

const enterState: Record<MemberState['type'], (bench: TableBench) => void> = {
  unknown: () => {},
  alive: bench => bench.handle(member(5)),
  suspect: bench => [member(5), suspicion('b')].map(input => bench.handle(input)),
  dead: bench => {
    for (const input of [member(5), suspicion('b')]) bench.handle(input)
    bench.pass(30_000)
  },
  left: bench => bench.handle(left(5)),
}

const memberInputs: Record<MemberInput, (bench: TableBench) => DetectorEffect[]> = {
  newer: bench => bench.handle(member(6)),
  same: bench => bench.handle(member(5)),
  older: bench => [...bench.handle(member(4)), ...bench.handle(left(4))],
  left: bench => bench.handle(left(5)),
  suspicion: bench => bench.handle(suspicion('c')),
  failed: bench => bench.handle(connection('a', 'refused')),
  evidence: bench => bench.handle({ type: 'evidence', id: 'a' }),
  deadline: bench => bench.pass(30_000),
  forget: bench => bench.handle({ type: 'forget', id: 'a' }),
}

const enterConnection: Record<ConnectionState, (bench: TableBench) => void> = {
  closed: () => {},
  open: bench => bench.handle(connection('a', 'open')),
  outage: bench => {
    for (const state of ['open', 'closed'] as const)
      for (const id of ['b', 'c', 'd']) bench.handle(connection(id, state))
  },
}

const connectionInputs: readonly ConnectionInput[] = [
  'open',
  'closed',
  'released',
  'refused',
  'unreachable',
  'network-down',
  'byte',
]

/** What a cell does, as a detector shows it: the effects, probes with the incarnation that they name. */
const effectsText = (effects: readonly DetectorEffect[]): string =>
  [
    ...new Set(
      effects.map(effect => {
        if (effect.type !== 'send') return `\`${effect.type}\``
        return effect.message.type === 'ping' && effect.message.suspected !== undefined
          ? '`ping` with the suspicion'
          : `\`${effect.message.type}\``
      }),
    ),
  ].join(', ')

const cell = (before: string, after: string, effects: readonly DetectorEffect[]): string =>
  [after === before ? '–' : `→ ${after}`, effectsText(effects)].filter(text => text !== '').join('; ')

const table = (corner: string, columns: readonly string[], rows: readonly (readonly string[])[]): string =>
  [[corner, ...columns], ['---', ...columns.map(() => '---')], ...rows]
    .map(row => `| ${row.join(' | ')} |`)
    .join('\n')

const states = Object.keys(memberTransitions) as MemberState['type'][]
const inputs = Object.keys(memberTransitions.alive) as MemberInput[]
const connectionStates = Object.keys(connectionTransitions) as ConnectionState[]

function memberCell(state: MemberState['type'], input: MemberInput): string {
  const transition = memberTransitions[state][input]
  if (transition === impossible) return 'impossible'
  const bench = new TableBench([])
  enterState[state](bench)
  const effects = memberInputs[input](bench)
  const after = bench.detector.status('a')?.type ?? 'unknown'
  if (transition === ignore) {
    expect([after, effects]).toEqual([state, []])
    return 'ignored'
  }
  return cell(state, after, effects)
}

function connectionCell(state: ConnectionState, input: ConnectionInput): string {
  const bench = new TableBench(['a'])
  bench.handle(member(5))
  enterConnection[state](bench)
  const effects = bench.handle(
    input === 'byte' ? { type: 'evidence', id: 'a' } : { type: 'connection', id: 'a', state: input },
  )
  if (connectionTransitions[state][input] === ignore) {
    expect(effects).toEqual([])
    return 'ignored'
  }
  const isOutage = bench.detector.graceUntilMs() > bench.nowMs + 2_000
  const grace =
    state === 'outage' && !isOutage
      ? bench.detector.graceUntilMs() === -Infinity
        ? 'the outage ends at once'
        : 'the outage ends after `pauseGraceMs`'
      : state !== 'outage' && isOutage
        ? 'an outage begins'
        : ''
  return [grace, effectsText(effects)].filter(text => text !== '').join('; ') || '–'
}

const memberTable = (): string =>
  table(
    'Input',
    states,
    inputs.map(input => [`\`${input}\``, ...states.map(state => memberCell(state, input))]),
  )

const connectionTable = (): string =>
  table(
    'Input',
    connectionStates,
    connectionInputs.map(input => [
      `\`${input}\``,
      ...connectionStates.map(state => connectionCell(state, input)),
    ]),
  )

const leaseStates = ['hidden', 'frozen', 'asleep'] as const
type LeaseState = (typeof leaseStates)[number]

/** `a` announces a lease of a minute, then this happens. */
const leaseInputs: Readonly<Record<string, (bench: TableBench, announce: () => void) => void>> = {
  silence: (_, announce) => announce(),
  'a closed connection': (bench, announce) => {
    bench.handle(connection('a', 'open'))
    announce()
    bench.handle(connection('a', 'closed'))
  },
  'a refused dial': (bench, announce) => {
    announce()
    bench.handle(connection('a', 'refused'))
  },
  'a suspicion, connected': (bench, announce) => {
    bench.handle(connection('a', 'open'))
    announce()
    bench.handle(suspicion('b'))
  },
  'a suspicion, not connected': (bench, announce) => {
    bench.handle(connection('b', 'open'))
    announce()
    bench.handle(suspicion('b'))
  },
  'a suspicion, and the record was the first': (bench, announce) => {
    bench.handle({ type: 'forget', id: 'a' })
    bench.handle(connection('b', 'open'))
    announce()
    bench.handle(suspicion('b'))
  },
  'a record without attention, then silence': (bench, announce) => {
    announce()
    bench.handle(member(5))
  },
}

function leaseCell(state: LeaseState, input: string): string {
  const bench = new TableBench(['a'])
  bench.handle(member(5))
  const attention = { state, leaseMs: 60_000 }
  leaseInputs[input]?.(bench, () => bench.handle({ type: 'member', id: 'a', incarnation: 5, attention }))
  bench.pass(59_000)
  return bench.detector.status('a')?.type ?? 'unknown'
}

const leaseTable = (): string =>
  table(
    'Evidence',
    leaseStates,
    Object.keys(leaseInputs).map(input => [input, ...leaseStates.map(state => leaseCell(state, input))]),
  )

const page = new URL('../../../docs/failure-detector.md', import.meta.url)

describe('docs/failure-detector.md', () => {
  it.each([
    ['member', memberTable],
    ['connection', connectionTable],
    ['lease', leaseTable],
  ])('contains the %s table as the detector behaves', (name, print) => {
    const text = readFileSync(page, 'utf8')
    const section = new RegExp(`(<!-- table: ${name} -->\\n)[^]*?(<!-- end -->)`)
    expect(text).toMatch(section)
    const expected = text.replace(section, `$1${print()}\n$2`)
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(page, expected)
    else expect(text, 'UPDATE_DOCS=1 writes the tables anew').toBe(expected)
  })
})
