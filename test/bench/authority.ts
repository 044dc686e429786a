/**
 * Authority bench: what an authority costs. Two clusters, one with a name only and one with an authority, start side by side,
 * member by member in turn, so that both run under the same load. The join time of a member is from the call of `joinCluster`
 * until it sees all earlier members. Then a cluster of each kind idles, one after the other, so that the bytes are its own.
 *
 * Linux only; bytes are counted only as root. Prints progress to stderr, one JSON object to stdout. `--members 16 --idle 60`
 */
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { median } from '../helpers/quantiles.ts'
import { type Child, startChild } from '../processes/process.ts'
import { type Cost, measureCost } from './cost.ts'
import { whole } from './options.ts'
import { canHaveOwnNetwork, inOwnNetwork, repeatInOwnNetwork } from './own-network.ts'

const { values } = parseArgs({
  options: {
    members: { type: 'string', default: '16' },
    idle: { type: 'string', default: '60' },
  },
})
const members = whole('members', values.members, 2, 64)
const idleSeconds = whole('idle', values.idle, 1, 600)
const program = fileURLToPath(new URL('./authority/member.ts', import.meta.url))
/** Our choice: the connections are settled after 30 s. */
const settleMs = 35_000

interface Listening {
  readonly addresses: readonly string[]
  readonly ticket?: string
}

interface Started {
  readonly child: Child
  readonly listening: Listening
  readonly complete: Promise<{ readonly joinedMs: number; readonly seesAllMs: number }>
}

function start(order: object): Promise<Started> {
  return new Promise(resolve => {
    const complete = Promise.withResolvers<{ joinedMs: number; seesAllMs: number }>()
    const child = startChild(process.execPath, [program, JSON.stringify(order)], line => {
      if (line.startsWith('{"event":"listening"'))
        resolve({ child, listening: JSON.parse(line), complete: complete.promise })
      else if (line.startsWith('{"event":"complete"')) complete.resolve(JSON.parse(line))
      else console.error(line)
    })
  })
}

class Measured {
  readonly name: string
  readonly #first: object
  readonly #next: (first: Listening) => object
  readonly #started: Started[] = []
  readonly #times: { joinedMs: number; seesAllMs: number }[] = []

  constructor(name: string, first: object, next: (first: Listening) => object) {
    this.name = name
    this.#first = first
    this.#next = next
  }

  async add(): Promise<void> {
    const [first] = this.#started
    const order = first ? this.#next(first.listening) : this.#first
    const started = await start({ ...order, members: this.#started.length + 1 })
    this.#started.push(started)
    const times = await started.complete
    if (first) this.#times.push(times)
    console.error(`${this.name}: ${this.#started.length} of ${members}`)
  }

  get joins(): object {
    return {
      listensMedianMs: Math.round(median(this.#times.map(({ joinedMs }) => joinedMs))),
      seesAllMedianMs: Math.round(median(this.#times.map(({ seesAllMs }) => seesAllMs))),
    }
  }

  async idle(): Promise<Cost> {
    for (let i = this.#started.length; i < members; i++) await this.add()
    await sleep(settleMs)
    const pids = this.#started.map(({ child }) => child.pid)
    return await measureCost(pids, idleSeconds, inOwnNetwork)
  }

  async end(): Promise<void> {
    for (const { child } of this.#started) child.signal('SIGKILL')
    await Promise.all(this.#started.map(({ child }) => child.exited))
  }
}

function openCluster(): Measured {
  const cluster = `open ${process.pid}`
  return new Measured('a name only', { cluster }, ({ addresses }) => ({ cluster, bootstrap: addresses }))
}

function foundedCluster(): Measured {
  const authority = randomBytes(32).toString('base64')
  return new Measured('an authority', { cluster: `founded ${process.pid}`, authority }, ({ ticket }) => ({
    ticket,
  }))
}

async function measure(): Promise<void> {
  const [open, founded] = [openCluster(), foundedCluster()]
  for (let i = 0; i < members; i++) for (const each of [open, founded]) await each.add()
  const joins = { withoutAuthority: open.joins, withAuthority: founded.joins }
  await founded.end()
  const withoutAuthority = await open.idle()
  await open.end()
  const alone = foundedCluster()
  const withAuthority = await alone.idle()
  await alone.end()
  console.log(
    JSON.stringify({ members, idleSeconds, joins, idle: { withoutAuthority, withAuthority } }, null, 2),
  )
}

if (!inOwnNetwork && canHaveOwnNetwork()) repeatInOwnNetwork()
else await measure()
