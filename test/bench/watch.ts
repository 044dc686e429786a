/**
 * Watch bench: what `hearsay members --watch` draws and costs in a terminal, with many members in the simulator's cluster.
 *
 * The cluster runs in real time in a process of its own, and members crash and return all the time. Prints one JSON object.
 * Linux only. `--members 500 --seconds 10`
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startRealTimeProcess } from '../helpers/real-time-process.ts'
import { cpuMs } from '../processes/cpu.ts'
import { whole } from './options.ts'

const { values } = parseArgs({
  options: { members: { type: 'string', default: '500' }, seconds: { type: 'string', default: '10' } },
})
const members = whole('members', values.members, 2, 5_000)
const seconds = whole('seconds', values.seconds, 1, 600)
const bin = fileURLToPath(new URL('../../packages/cli/bin/hearsay.js', import.meta.url))
/** log-update begins each frame so (synchronized output). */
const frameStart = '\u001B[?2026h'
/** Our choice: longer than a frame at 30 frames a second. */
const settleMs = 2_000

const folder = await mkdtemp(join(tmpdir(), 'hearsay-bench-'))
const simulated = await startRealTimeProcess(members, 30_000, folder)
// `script` provides the terminal. The command prints its process id first.
const command = `stty rows 50 cols 160; echo pid=$$; exec ${process.execPath} ${bin} members --watch --control ${folder}`
const terminal = spawn('script', ['-qfec', command, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] })
let [output, frames, bytes] = ['', 0, 0]
terminal.stdout.on('data', part => {
  bytes += part.length
  const text = output.slice(-frameStart.length + 1) + String(part)
  frames += text.split(frameStart).length - 1
  output = (output + String(part)).slice(-20_000)
})
while (!output.includes(`${members} alive`)) await sleep(100)
const pid = Number(/pid=(\d+)/.exec(output)?.[1])
const figures = { members, seconds, node: process.version }
const still = await measure()
await simulated.churn(true)
const churn = await measure()
console.log(JSON.stringify({ ...figures, still, churn }, null, 2))
terminal.stdin.write('q')
await once(terminal, 'exit')
await simulated.end()
await rm(folder, { recursive: true, force: true })

async function measure(): Promise<object> {
  await sleep(settleMs)
  const stateBefore = await simulated.state()
  const before = { frames, bytes, ms: performance.now(), cpuMs: cpuMs(pid) }
  await sleep(seconds * 1_000)
  const tookS = (performance.now() - before.ms) / 1_000
  const state = await simulated.state()
  const rate = (count: number) => Math.round((count / tookS) * 10) / 10
  return {
    events: state.events - stateBefore.events,
    virtualSecondsPerSecond: Math.round((state.virtualMs - stateBefore.virtualMs) / tookS / 10) / 100,
    framesPerSecond: rate(frames - before.frames),
    kilobytesPerSecond: rate((bytes - before.bytes) / 1_000),
    cpu: `${rate((cpuMs(pid) - before.cpuMs) / 10)} %`,
    cpuMsPerFrame: Math.round(((cpuMs(pid) - before.cpuMs) / Math.max(1, frames - before.frames)) * 10) / 10,
  }
}
