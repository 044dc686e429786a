/** Replay process: a recorded cluster in a process of its own, which serves the control socket of m0. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { argv } from 'node:process'
import { deserialize, serialize } from 'node:v8'
import { serveControl } from '@hearsay/port/node'
import { type Part, type Recording, record, replay } from './recorded-cluster.ts'

interface Answer {
  /** The time now for the members, as epoch milliseconds. */
  readonly epochMs: number
  /** Events of the part that was played. */
  readonly events: number
}

export interface ReplayProcess {
  readonly epochMs: number
  /** Resolves when the part is over. @returns the number of its events */
  play(part: Part): Promise<number>
  end(): Promise<void>
}

export interface ReplayProcessOptions {
  readonly members: number
  readonly partSeconds: number
  /** The folder of the control socket. */
  readonly folder: string
  /** The recording is read from this file, or written to it if the file does not exist. */
  readonly file?: string | undefined
}

/** Resolves when the recording is complete. */
export async function startReplayProcess(options: ReplayProcessOptions): Promise<ReplayProcess> {
  const child = fork(import.meta.filename, [JSON.stringify(options)])
  const exited = once(child, 'exit').then(([code]) => {
    throw new Error(`the replay ended with ${code}`)
  })
  exited.catch(() => {})
  const next = () => Promise.race([once(child, 'message').then(([answer]) => answer as Answer), exited])
  const { epochMs } = await next()
  return {
    epochMs,
    async play(part) {
      child.send(part)
      return (await next()).events
    },
    async end() {
      child.disconnect()
      await once(child, 'exit')
    },
  }
}

async function recordingOf({ members, partSeconds, file }: ReplayProcessOptions): Promise<Recording> {
  const partMs = partSeconds * 1_000
  const stored = file === undefined ? undefined : await readFile(file).catch(() => undefined)
  const known = stored && (deserialize(stored) as Recording)
  if (known?.members === members && known.partMs === partMs) return known
  const recording = await record(members, partMs)
  if (file !== undefined) await writeFile(file, serialize(recording))
  return recording
}

async function run(options: ReplayProcessOptions): Promise<void> {
  const replayed = replay(await recordingOf(options))
  const control = await serveControl(replayed.cluster, { folder: options.folder })
  const answer = (events: number) =>
    process.send?.({ epochMs: replayed.nowEpochMs(), events } satisfies Answer)
  process.on('message', async (part: Part) => answer(await replayed.play(part)))
  // No control socket must remain.
  process.once('disconnect', () => void control.close().finally(() => process.exit(0)))
  answer(0)
}

if (argv[1] === import.meta.filename) await run(JSON.parse(argv[2] ?? '{}'))
