/**
 * Clients bench: two members, each in its own process, and documents in which many clients wrote in the past.
 *
 * Measures the time until their replicas are equal and until a small edit arrives, event-loop delays and memory
 * meanwhile, and how often a member was penalised, which is an error. For comparison it measures one transaction of Yjs
 * alone. Prints progress to stderr, JSON to stdout; the exit code is 1 if anything failed or was penalised.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Commands, Measured } from './clients/commands.ts'

const program = fileURLToPath(new URL('./clients/member-process.ts', import.meta.url))
/** The timeout of one step. A million clients take minutes on a busy machine. */
const boundMs = 600_000

interface Waiting {
  resolve(result: never): void
  reject(error: Error): void
}

interface Message {
  readonly id: number
  readonly result: never
  readonly error?: string
  readonly measured?: Measured
  readonly address?: string
}

class BenchMember {
  address: string | undefined
  measured: Measured | undefined
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, Waiting>()
  #asked = 0

  private constructor(name: string, contact: string | undefined) {
    const args = contact === undefined ? [name] : [name, contact]
    this.#child = fork(program, args, { execArgv: ['--max-old-space-size=8000'] })
    this.#child.on('message', message => {
      const { id, result, error, measured, address } = message as Message
      this.address ??= address
      this.measured = measured ?? this.measured
      const waiting = this.#waiting.get(id)
      this.#waiting.delete(id)
      if (error === undefined) waiting?.resolve(result)
      else waiting?.reject(new Error(`${name}: ${error}`))
    })
    this.#child.on('exit', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`${name} ended`))
    })
  }

  static async start(name: string, contact?: string): Promise<BenchMember> {
    const member = new BenchMember(name, contact)
    await new Promise<never>((resolve, reject) => member.#waiting.set(0, { resolve, reject }))
    return member
  }

  ask<C extends keyof Commands>(
    command: C,
    ...[request]: Parameters<Commands[C]>
  ): Promise<Awaited<ReturnType<Commands[C]>>> {
    const id = ++this.#asked
    const { promise, resolve, reject } = Promise.withResolvers<Awaited<ReturnType<Commands[C]>>>()
    const timer = setTimeout(() => reject(new Error(`${command} took more than ${boundMs} ms`)), boundMs)
    this.#waiting.set(id, { resolve, reject })
    this.#child.send({ id, command, request })
    return promise.finally(() => clearTimeout(timer))
  }

  end(): void {
    this.#child.kill('SIGKILL')
  }
}

const { clients, only } = readOptions()
const results: Record<string, unknown> = {}
let hasFailed = false
for (const count of clients) results[count] = await measure(count)
console.log(JSON.stringify(results, null, 2))
process.exit(hasFailed ? 1 : 0)

async function measure(count: number): Promise<Record<string, unknown>> {
  const yardstick = await BenchMember.start('yardstick')
  const plainTransactionMs = Math.round(await yardstick.ask('plainTransactionMs', { count }))
  yardstick.end()
  const figures: Record<string, unknown> = { plainTransactionMs }
  console.error(`${count} clients, Yjs alone: ${JSON.stringify(figures)}`)
  for (const [title, play] of Object.entries({ newcomer, apart })) {
    if (only !== undefined && only !== title) continue
    const a = await BenchMember.start('a')
    const b = await BenchMember.start('b', a.address)
    try {
      figures[title] = { ...(await play(a, b, count)), a: penalties(a), b: penalties(b) }
    } catch (error) {
      hasFailed = true
      figures[title] = { error: String(error), a: a.measured, b: b.measured }
    }
    for (const member of [a, b]) member.end()
    console.error(`${count} clients, ${title}: ${JSON.stringify(figures[title])}`)
  }
  return figures
}

/** One member has the whole document; the other opens it without any content. */
async function newcomer(a: BenchMember, b: BenchMember, count: number): Promise<Record<string, unknown>> {
  await a.ask('open', { document: 'old', isConnected: true })
  await a.ask('write', { from: 0, count })
  for (const member of [a, b]) await member.ask('reset')
  const sinceMs = await b.ask('open', { document: 'old', isConnected: true })
  const equalMs = (await b.ask('untilClients', { count })) - sinceMs
  return { equalMs, stallsMs: await stalls(a, b), ...(await edits(a, b)) }
}

/** Both members have half of the document, and each has another tenth that the other lacks. */
async function apart(a: BenchMember, b: BenchMember, count: number): Promise<Record<string, unknown>> {
  const missing = Math.floor(count / 10)
  for (const [i, member] of [a, b].entries()) {
    await member.ask('open', { document: 'apart', isConnected: false })
    await member.ask('write', { from: 0, count: count - 2 * missing })
    await member.ask('write', { from: count - (i + 1) * missing, count: missing })
  }
  for (const member of [a, b]) await member.ask('reset')
  const sinceMs = await a.ask('connect')
  await b.ask('connect')
  const equal = [a, b].map(member => member.ask('untilClients', { count }))
  const equalMs = Math.max(...(await Promise.all(equal))) - sinceMs
  return { equalMs, stallsMs: await stalls(a, b), ...(await edits(a, b)) }
}

/** A small edit in each direction, several times: the time from before the edit until it arrives. */
async function edits(a: BenchMember, b: BenchMember): Promise<Record<string, unknown>> {
  for (const member of [a, b]) await member.ask('reset')
  const arrivedMs: number[] = []
  for (let i = 0; i < 6; i++) {
    const [from, to] = i % 2 ? [b, a] : [a, b]
    const key = `edit ${i}`
    const [sinceMs, untilMs] = await Promise.all([from.ask('set', { key }), to.ask('untilSet', { key })])
    arrivedMs.push(untilMs - sinceMs)
  }
  const editStallsMs = await stalls(a, b)
  const [first, second] = [await a.ask('digest'), await b.ask('digest')]
  if (first !== second) throw new Error('the replicas differ')
  return { arrivedMs, editStallsMs }
}

/** The longest delay of each member. */
async function stalls(...members: readonly BenchMember[]): Promise<number[]> {
  // The answer comes after the event loop was blocked, and contains the figures.
  for (const member of members) await member.ask('connect')
  return members.map(({ measured }) => measured?.worstStallMs ?? 0)
}

function penalties({ measured }: BenchMember): Measured | undefined {
  if (!measured || measured.refused + measured.declaredDead + measured.collisions > 0) hasFailed = true
  return measured
}

function readOptions(): { clients: number[]; only: string | undefined } {
  const { values } = parseArgs({
    options: { clients: { type: 'string', default: '90000,1000000' }, only: { type: 'string' } },
  })
  const clients = values.clients.split(',').map(Number)
  if (clients.every(count => Number.isInteger(count) && count >= 10 && count <= 2_000_000))
    return { clients, only: values.only }
  console.error('bench:clients: --clients has whole numbers from 10 to 2000000, --only is newcomer or apart')
  process.exit(2)
}
