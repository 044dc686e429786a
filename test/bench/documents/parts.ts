/** Parts: the measurements, each with its figures. They are the same for each subject. */
import { setTimeout as sleep } from 'node:timers/promises'
import { median } from '../../helpers/quantiles.ts'
import { cpuSeconds, loopbackBytes, peakMb } from './machine.ts'
import type { DocumentsOptions, Part } from './options.ts'
import type { ReplicaHandle } from './replica-handle.ts'
import type { Subject } from './subject.ts'

/**
 * Figures by name; the name contains the unit. Null: the subject lacks the feature, or it cannot be measured
 * here.
 */
export type Figures = Record<string, number | null>

export type Play = (subject: Subject, options: DocumentsOptions) => Promise<Figures>

const document = 'document'
/** The time until connections are open and the traffic of joining has ended. */
const settleMs = 3_000
const boundMs = 300_000

const round = (value: number, digits = 0): number => Math.round(value * 10 ** digits) / 10 ** digits

const difference = (after: number | null, before: number | null): number | null =>
  after === null || before === null ? null : after - before

const greatest = (values: readonly (number | null)[]): number | null =>
  values.includes(null) ? null : Math.max(...values.map(value => value ?? 0))

const askAll = <T>(replicas: readonly ReplicaHandle[], ask: (replica: ReplicaHandle) => Promise<T>) =>
  Promise.all(replicas.map(ask))

/** Starts `count` replicas, which join and open the document. */
async function gathered(subject: Subject, count: number, hasStorage = false): Promise<ReplicaHandle[]> {
  const replicas: ReplicaHandle[] = []
  for (let i = 0; i < count; i++) replicas.push(await subject.join({ hasStorage: hasStorage && i === 0 }))
  await askAll(replicas, replica => replica.ask('open', { document }))
  await sleep(settleMs)
  return replicas
}

/** Waits until the deletions have arrived everywhere, too. */
async function areEqual(replicas: readonly ReplicaHandle[]): Promise<void> {
  const untilMs = performance.now() + boundMs
  for (;;) {
    const digests = await askAll(replicas, replica => replica.ask('digest', { document }))
    if (new Set(digests).size === 1) return
    if (performance.now() > untilMs) throw new Error(`not equal within ${boundMs} ms`)
    await sleep(20)
  }
}

const trace: Play = async (subject, { keystrokes, seed }) => {
  const writers = await gathered(subject, 2)
  await askAll(writers, writer => writer.ask('reset', undefined))
  const before = { cpu: cpuSeconds(subject.pids), bytes: loopbackBytes(), ms: performance.now() }
  const made = await askAll(writers, writer =>
    writer.ask(
      'type',
      { document, keystrokes: keystrokes / 2, seed: seed + writers.indexOf(writer) },
      boundMs,
    ),
  )
  const typedMs = performance.now() - before.ms
  await askAll(writers, writer => writer.ask('untilContains', { document, made }, boundMs))
  await areEqual(writers)
  const equalMs = performance.now() - before.ms
  const bytes = difference(loopbackBytes(), before.bytes)
  const cpu = difference(cpuSeconds(subject.pids), before.cpu)
  const measured = await askAll(writers, writer => writer.ask('measured', undefined))
  return {
    'typed after (s)': round(typedMs / 1_000, 2),
    'equal after (s)': round(equalMs / 1_000, 2),
    'on the wire (MB)': bytes === null ? null : round(bytes / 1e6, 2),
    'processor (s)': cpu === null ? null : round(cpu, 2),
    'peak memory of a writer (MB)': peakMb(writers.map(({ pid }) => pid)),
    'worst stall of a writer (ms)': greatest(measured.map(({ worstStallMs }) => worstStallMs)),
  }
}

const lateCharacters = 10_000_000
const lateJoiners = 5

const late: Play = async subject => {
  const figures: Figures = {}
  const holder = await subject.join()
  for (const pieces of [1, 5_000]) {
    const document = `of ${pieces}`
    await holder.ask('open', { document })
    await holder.ask('insert', { document, characters: lateCharacters, pieces })
    await sleep(settleMs)
    const joiners: {
      readonly ms: number
      readonly beforeMb: number | null
      readonly peakMb: number | null
    }[] = []
    for (let i = 0; i < lateJoiners; i++) {
      const joiner = await subject.add()
      const beforeMb = peakMb([joiner.pid])
      const ms = await joiner.ask('joinAndRead', { document, characters: lateCharacters })
      joiners.push({ ms, beforeMb, peakMb: peakMb([joiner.pid]) })
      await joiner.ask('leave', undefined)
      await joiner.end()
    }
    const inserts = pieces === 1 ? '1 insert' : `${pieces.toLocaleString('en')} inserts`
    const growth = joiners.map(joiner => difference(joiner.peakMb, joiner.beforeMb))
    figures[`10 MB of ${inserts}, median (ms)`] = round(median(joiners.map(({ ms }) => ms)))
    figures[`10 MB of ${inserts}, memory grows by (MB)`] = greatest(growth)
    figures[`10 MB of ${inserts}, peak memory (MB)`] = greatest(joiners.map(joiner => joiner.peakMb))
  }
  return figures
}

const openings = 20
const fewCharacters = 5

const first: Play = async subject => {
  const holder = await subject.join()
  await holder.ask('open', { document })
  await holder.ask('insert', { document, characters: fewCharacters, pieces: 1 })
  await sleep(settleMs)
  const joined: number[] = []
  for (let i = 0; i < openings; i++) {
    const joiner = await subject.add()
    joined.push(await joiner.ask('joinAndRead', { document, characters: fewCharacters }))
    await joiner.ask('leave', undefined)
    await joiner.end()
    await sleep(200)
  }
  const reader = await subject.join()
  await sleep(settleMs)
  const opened: number[] = []
  for (let i = 0; i < openings; i++) {
    const name = `document ${i}`
    await holder.ask('open', { document: name })
    await holder.ask('insert', { document: name, characters: fewCharacters, pieces: 1 })
    await sleep(settleMs / 2)
    opened.push(await reader.ask('openAndRead', { document: name, characters: fewCharacters }))
  }
  return {
    'after joining, median (ms)': round(median(joined)),
    'after joining, worst (ms)': round(Math.max(...joined)),
    'after opening, median (ms)': round(median(opened)),
    'after opening, worst (ms)': round(Math.max(...opened)),
  }
}

const pastedCharacters = 30_000_000
const presencePerSecond = 20

const paste: Play = async subject => {
  const replicas = await gathered(subject, 3)
  const [writer, ...readers] = replicas
  if (!writer) throw new Error('three have joined')
  await askAll(replicas, replica => replica.ask('showNumbers', { document, perSecond: presencePerSecond }))
  await sleep(settleMs)
  await askAll(replicas, replica => replica.ask('reset', undefined))
  const sinceMs = performance.now()
  const made = { document, characters: pastedCharacters, pieces: 1 }
  await writer.ask('insert', made)
  const [{ client, clock }] = [await writer.ask('type', { document, keystrokes: 0, seed: 1 })]
  await askAll(readers, reader =>
    reader.ask('untilContains', { document, made: [{ client, clock }] }, boundMs),
  )
  const everywhereMs = performance.now() - sinceMs
  await sleep(settleMs)
  const measured = await askAll(replicas, replica => replica.ask('measured', undefined))
  const [ofWriter, ...ofReaders] = measured
  const suspicions = measured.map(each => each.suspicions)
  return {
    'everywhere after (s)': round(everywhereMs / 1_000, 2),
    'presence stands still at the writer (ms)': ofWriter?.presenceGapMs ?? null,
    'presence stands still at a reader (ms)': greatest(ofReaders.map(each => each.presenceGapMs)),
    'worst stall of the writer (ms)': ofWriter?.worstStallMs ?? null,
    'worst stall of a reader (ms)': greatest(ofReaders.map(each => each.worstStallMs)),
    suspicions: suspicions.includes(null)
      ? null
      : suspicions.reduce((sum, each) => (sum ?? 0) + (each ?? 0), 0),
  }
}

const smallEdits = 2_560

const edits: Play = async subject => {
  const replicas = await gathered(subject, 2, true)
  const [writer, reader] = replicas
  if (!writer || !reader) throw new Error('two have joined')
  await writer.ask('insert', { document, characters: pastedCharacters, pieces: 1 })
  const made = [await writer.ask('type', { document, keystrokes: 0, seed: 1 })]
  await reader.ask('untilContains', { document, made }, boundMs)
  await sleep(settleMs)
  await askAll(replicas, replica => replica.ask('reset', undefined))
  const before = await writer.ask('measured', undefined)
  const ms = await writer.ask('edit', { document, edits: smallEdits }, boundMs)
  const after = await writer.ask('measured', undefined)
  const ofReader = await reader.ask('measured', undefined)
  const stored = difference(after.storedBytes, before.storedBytes)
  return {
    'stored after (s)': round(ms / 1_000, 2),
    'written to the store (MB)': stored === null ? null : round(stored / 1e6, 2),
    'worst stall of the writer (ms)': after.worstStallMs,
    'worst stall of the reader (ms)': ofReader.worstStallMs,
  }
}

export const plays: Readonly<Record<Part, { readonly title: string; readonly play: Play }>> = {
  trace: { title: 'an editing trace of two writers', play: trace },
  late: { title: 'a late joiner', play: late },
  first: { title: `first content of a document of ${fewCharacters} bytes`, play: first },
  paste: { title: 'a paste of 30 MB among three', play: paste },
  edits: { title: '2,560 small edits in a document of 30 MB', play: edits },
}
