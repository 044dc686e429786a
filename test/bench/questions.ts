/**
 * Questions bench: what a question to a cluster costs. Measures how long `hearsay members` takes as a whole process, attached
 * to a running member and joined for the question, and what the questions leave behind at other members.
 *
 *     node test/bench/questions.ts [questions]     (500)
 *
 * Times are compared with `node -e 0` in the same run, because they depend on the machine.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const questions = Number(process.argv[2] ?? 500)
const members = 5
/** As many one-shot members at once: one for each core that is free of the members. */
const atOnce = 4
const bin = fileURLToPath(new URL('../../packages/cli/bin/hearsay.js', import.meta.url))
const cluster = `bench-${randomUUID()}`
const folder = mkdtempSync(join(tmpdir(), 'hearsay-'))
const loopback = ['--no-mdns', '--listen', '/ip4/127.0.0.1/tcp/0']
const run = promisify(execFile)
const running: ChildProcess[] = []

interface Line {
  readonly event: string
  readonly id: string
  readonly status: string
  readonly addresses: readonly string[]
}

async function start(index: number, bootstrap: readonly string[]): Promise<string> {
  const args = ['join', cluster, '--name', `m${index}`, '--json', ...loopback, ...bootstrap]
  const child = spawn(process.execPath, [bin, ...args, '--control', join(folder, `${index}`)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  running.push(child)
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  return (JSON.parse(String(line)) as Line).addresses[0] ?? ''
}

async function ask(index: number, ...args: string[]): Promise<Line[]> {
  const { stdout } = await run(process.execPath, [
    bin,
    ...args,
    '--json',
    '--control',
    join(folder, `${index}`),
  ])
  return stdout
    .trim()
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line) as Line)
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const sinceMs = performance.now()
  await act()
  return performance.now() - sinceMs
}

function report(what: string, times: readonly number[]): void {
  const sorted = [...times].sort((a, b) => a - b)
  const at = (part: number) => `${Math.round(sorted[Math.floor(part * (sorted.length - 1))] ?? 0)} ms`
  console.log(`${what.padEnd(36)} median ${at(0.5)}, 95 % ${at(0.95)}, least ${at(0)}`)
}

/** What each member lists, by status. */
async function traces(): Promise<string> {
  const lists = await Promise.all(Array.from({ length: members }, (_, i) => ask(i, 'members')))
  return lists
    .map(list => {
      const statuses = list.map(({ status }) => status)
      return [...new Set(statuses)]
        .map(each => `${statuses.filter(is => is === each).length} ${each}`)
        .join(', ')
    })
    .join(' | ')
}

try {
  const address = await start(0, [])
  for (let i = 1; i < members; i++) await start(i, ['--bootstrap', address])
  while ((await ask(members - 1, 'members')).length < members);
  const [empty, attached]: number[][] = [[], []]
  for (let i = 0; i < questions; i++) {
    if (i % 10 === 0) empty?.push(await timed(() => run(process.execPath, ['-e', '0'])))
    attached?.push(await timed(() => ask(i % members, 'members')))
  }
  report('node -e 0', empty ?? [])
  report(`${questions} questions to a running member`, attached ?? [])
  console.log(`members list: ${await traces()}`)

  const joined: number[] = []
  const question = ['members', '--no-attach', '--cluster', cluster, '--bootstrap', address, ...loopback]
  let left = questions
  const work = async () => {
    while (left-- > 0) joined.push(await timed(() => ask(0, ...question)))
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  report(`${questions} one-shot members, ${atOnce} at once`, joined)
  console.log(`members list: ${await traces()}`)
} finally {
  for (const child of running) child.kill()
  await Promise.all(running.map(child => (child.exitCode === null ? once(child, 'exit') : undefined)))
  rmSync(folder, { recursive: true, force: true })
}
