import { describe, expect, it } from 'vitest'
import { idOf, recordBody } from '../../../../test/helpers/signed-facts.ts'
import type { RecordFact } from '../../src/table/row.ts'
import { MemberBench, startEpochMs } from './member-bench.ts'

const ada = idOf('ada')
const incarnation = startEpochMs
const hourMs = 3_600_000
const minuteMs = 60_000

function departureDate(bench: MemberBench): number {
  const record = bench.parts.table.get(ada)?.record as RecordFact
  return bench.parts.departedMembers.departureDate(record, bench.now.epochMs)
}

/** A bench ten hours after Ada's incarnation, with a suspicion of Ada of this date. */
function withSuspicion(epochMs: number, { wasAlive }: { wasAlive: boolean }): MemberBench {
  const bench = new MemberBench()
  bench.pass(10 * hourMs)
  bench.handle(ada, recordBody({ incarnation }))
  if (wasAlive) bench.endStep()
  bench.handle(idOf('grace'), { type: 'suspicion', subject: ada, incarnation, refused: false, epochMs })
  return bench
}

/** A bench ten hours after Ada's incarnation, with Ada's leave of this date. */
function withLeave(leftEpochMs: number): MemberBench {
  const bench = new MemberBench()
  bench.pass(10 * hourMs)
  bench.handle(ada, recordBody({ incarnation, leaving: true, leftEpochMs }))
  return bench
}

describe('the departure date', () => {
  it('is the date in the leave record', () => {
    expect(departureDate(withLeave(startEpochMs + hourMs))).toBe(startEpochMs + hourMs)
  })

  it('is the date in the leave record also for a member that was seen alive here', () => {
    const bench = new MemberBench()
    bench.handle(ada, recordBody({ incarnation }))
    bench.endStep()
    bench.pass(10 * hourMs)
    const leftEpochMs = startEpochMs + hourMs
    bench.handle(ada, recordBody({ incarnation, version: 2, leaving: true, leftEpochMs }))
    expect(departureDate(bench)).toBe(leftEpochMs)
  })

  it('is the date of the suspicion for a member that was never seen alive here', () => {
    const bench = withSuspicion(startEpochMs + hourMs, { wasAlive: false })
    expect(departureDate(bench)).toBe(startEpochMs + hourMs)
  })

  it('is never in the future', () => {
    expect(departureDate(withLeave(startEpochMs + 20 * hourMs))).toBe(startEpochMs + 10 * hourMs)
  })

  it('is never before the incarnation', () => {
    expect(departureDate(withLeave(1))).toBe(incarnation)
    expect(departureDate(withSuspicion(1, { wasAlive: false }))).toBe(incarnation)
  })

  it('is at most 10 minutes ago for a dead member that was seen alive here', () => {
    const now = startEpochMs + 10 * hourMs
    expect(departureDate(withSuspicion(startEpochMs, { wasAlive: true }))).toBe(now - 10 * minuteMs)
    expect(departureDate(withSuspicion(now - minuteMs, { wasAlive: true }))).toBe(now - minuteMs)
  })
})

describe('a departed member', () => {
  it('is no longer sent after the retention time, and removed with a tombstone an eighth later', () => {
    const bench = new MemberBench({ retentionMs: 8_000 })
    bench.handle(ada, recordBody({ incarnation, leaving: true, leftEpochMs: startEpochMs }))
    bench.endStep()
    const { table, departedMembers } = bench.parts
    const sweep = () => [
      departedMembers.sweep(bench.now.epochMs),
      table.index(ada) !== undefined,
      table.get(ada) !== undefined,
    ]
    bench.pass(7_999)
    expect(sweep()).toEqual([[], true, true])
    bench.pass(1)
    expect(sweep()).toEqual([[], false, true])
    bench.pass(999)
    expect(sweep()).toEqual([[], false, true])
    bench.pass(1)
    expect(sweep()).toEqual([[ada], false, false])
    expect(table.hasTombstone(ada, incarnation, bench.now.epochMs)).toBe(true)
    expect(table.hasTombstone(ada, incarnation + 1, bench.now.epochMs)).toBe(false)
  })

  it('is removed within minutes if it is ephemeral and left, counted from the arrival of its leave', () => {
    const bench = new MemberBench({ retentionMs: 86_400_000 })
    const { table, departedMembers } = bench.parts
    bench.handle(ada, recordBody({ incarnation, ephemeral: true }))
    bench.endStep()
    bench.pass(hourMs)
    // The clock of the member is an hour behind.
    const leave = { version: 2, leaving: true, ephemeral: true, leftEpochMs: startEpochMs }
    bench.handle(ada, recordBody({ incarnation, ...leave }))
    bench.endStep()
    const sweep = () => [departedMembers.sweep(bench.now.epochMs), table.index(ada) !== undefined]
    bench.pass(59_999)
    expect(sweep()).toEqual([[], true])
    bench.pass(1)
    expect(sweep()).toEqual([[], false])
    bench.pass(119_999)
    expect(sweep()).toEqual([[], false])
    bench.pass(1)
    expect(sweep()).toEqual([[ada], false])
    expect(table.hasTombstone(ada, incarnation, bench.now.epochMs)).toBe(true)
  })

  it('stays for the usual time if it is ephemeral and died', () => {
    const bench = new MemberBench({ retentionMs: 8_000 })
    bench.handle(ada, recordBody({ incarnation, ephemeral: true }))
    bench.endStep()
    bench.parts.memberView.observe(
      bench.parts.table.get(ada)?.record as RecordFact,
      'dead',
      startEpochMs,
      startEpochMs,
    )
    bench.pass(7_999)
    expect(bench.parts.departedMembers.sweep(bench.now.epochMs)).toEqual([])
    expect(bench.parts.memberView.snapshot().map(({ id }) => id)).toContain(ada)
  })

  it('that arrives as an ephemeral member after it left does not outlive the others', () => {
    const bench = new MemberBench()
    const leave = { leaving: true, ephemeral: true, leftEpochMs: startEpochMs }
    bench.pass(60_000)
    bench.handle(ada, recordBody({ incarnation, ...leave }))
    bench.endStep()
    expect(bench.parts.table.index(ada)).toBeUndefined()
  })

  it('is removed early while less than a sixteenth of the table is free, the first departed first', () => {
    const bench = new MemberBench({ maxMembers: 32 })
    const names = Array.from({ length: 30 }, (_, i) => `m${i}`)
    const leave = (name: string, leftEpochMs: number) =>
      bench.handle(idOf(name), recordBody({ incarnation, leaving: true, leftEpochMs }))
    bench.pass(hourMs)
    for (const [i, name] of names.slice(0, 29).entries()) leave(name, startEpochMs + i)
    bench.endStep()
    expect(bench.parts.departedMembers.freeCapacity()).toEqual([])
    leave('m29', startEpochMs + 29)
    bench.endStep()
    expect(bench.parts.departedMembers.freeCapacity()).toEqual([idOf('m0'), idOf('m1')])
    expect(bench.parts.departedMembers.freeCapacity()).toEqual([])
  })
})
