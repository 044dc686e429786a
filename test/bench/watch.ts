/**
 * Watch bench: what `hearsay members --watch` draws and costs in a terminal, with many members in the simulator's cluster.
 *
 * What the member sees was recorded: members crash and return. It is replayed in real time in a process of its own. Prints one
 * JSON object. Linux only. `--members 500 --seconds 12`. `--recording <file>` stores the recording for the next run.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Part } from '../helpers/recorded-cluster.ts'
import { startReplayProcess } from '../helpers/replay-process.ts'
import { cpuMs } from '../processes/cpu.ts'
import { whole } from './options.ts'

const { values } = parseArgs({
  options: {
    members: { type: 'string', default: '500' },
    seconds: { type: 'string', default: '12' },
    recording: { type: 'string' },
  },
})
const members = whole('members', values.members, 2, 5_000)
const partSeconds = whole('seconds', values.seconds, 1, 600)
const bin = fileURLToPath(new URL('../../packages/cli/bin/hearsay.js', import.meta.url))
/** log-update begins each frame so (synchronized output). */
const frameStart = '\u001B[?2026h'
/** Our choice: longer than a frame at 30 frames a second. */
const settleMs = 2_000

const folder = await mkdtemp(join(tmpdir(), 'hearsay-bench-'))
const replayed = await startReplayProcess({ members, partSeconds, folder, file: values.recording })
// `script` provides the terminal. The command prints its process id first.
const command = `stty rows 50 cols 160; echo pid=$$; exec ${process.execPath} ${bin} members --watch --control ${folder}`
const terminal = spawn('script', ['-qfec', command, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] })
let [output, frames, bytes] = ['', 0, 0]
/** Of the part that is measured. */
const frameTimesMs: number[] = []
terminal.stdout.on('data', part => {
  bytes += part.length
  const text = output.slice(-frameStart.length + 1) + String(part)
  const drawn = text.split(frameStart).length - 1
  frames += drawn
  for (let i = 0; i < drawn; i++) frameTimesMs.push(performance.now())
  output = (output + String(part)).slice(-20_000)
})
while (!output.includes(`${members} alive`)) await sleep(100)
const pid = Number(/pid=(\d+)/.exec(output)?.[1])
await sleep(settleMs)
const figures: Record<string, object> = {}
for (const part of ['still', 'churn', 'burst'] as const) figures[part] = await measure(part)
console.log(JSON.stringify({ members, partSeconds, node: process.version, ...figures }, null, 2))
terminal.stdin.write('q')
await once(terminal, 'exit')
await replayed.end()
await rm(folder, { recursive: true, force: true })

async function measure(part: Part): Promise<object> {
  const before = { frames, bytes, ms: performance.now(), cpuMs: cpuMs(pid) }
  const events = await replayed.play(part)
  await sleep(settleMs)
  const tookS = (performance.now() - before.ms) / 1_000
  const drawn = frames - before.frames
  const spentMs = cpuMs(pid) - before.cpuMs
  const tenths = (value: number) => Math.round(value * 10) / 10
  return {
    events,
    frames: drawn,
    mostFramesInOneSecond: mostInOneSecond(frameTimesMs.splice(0)),
    bytesPerFrame: Math.round((bytes - before.bytes) / Math.max(1, drawn)),
    cpu: `${tenths(spentMs / tookS / 10)} %`,
    cpuMsPerFrame: tenths(spentMs / Math.max(1, drawn)),
  }
}

function mostInOneSecond(timesMs: readonly number[]): number {
  const counts = timesMs.map(fromMs => timesMs.filter(ms => ms >= fromMs && ms < fromMs + 1_000).length)
  return Math.max(0, ...counts)
}
