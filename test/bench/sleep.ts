/**
 * Sleep bench: a device sleeps and wakes up at another address, as real processes on real networks.
 *
 * The device's process is stopped for 90 s after `suspend`. Meanwhile its host gets another address. Prints progress to
 * stderr, JSON to stdout; the exit code is 1 if another member suspected the device or declared it dead, if the device
 * suspected another member, or if new presence took more than a second to arrive everywhere.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Network, whyNoNetworks } from '../networks/network.ts'
import type { Child } from '../processes/process.ts'
import type { Line, Seen } from './sleep/device.ts'

const port = 4001
const settleMs = 10_000
/** Long enough for the device to receive everything that the others decided while it slept. */
const aftermathMs = 10_000
const boundMs = 1_000
const devicePath = fileURLToPath(new URL('sleep/device.ts', import.meta.url))

class Device {
  readonly name: string
  readonly lines: Line[] = []
  readonly #child: Child

  constructor(network: Network, name: string, bootstrap: readonly string[], seconds: number) {
    const [host] = network.hosts(1)
    if (!host) throw new Error('no host')
    this.name = name
    this.host = host
    const listen = [`/ip4/0.0.0.0/tcp/${port}`]
    const options = { cluster: `sleep ${seconds}`, name, mdns: false, listen, bootstrap }
    this.#child = host.start(process.execPath, [devicePath, JSON.stringify(options)], line => {
      if (line.startsWith('{')) this.lines.push(JSON.parse(line))
      else console.error(`${name}: ${line}`)
    })
  }

  readonly host: ReturnType<Network['hosts']>[number]

  send(command: string): void {
    this.#child.writeLine(command)
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.signal(signal)
  }

  members(): readonly Seen[] {
    return this.lines.findLast(line => line.type === 'members')?.members ?? []
  }

  seen(name: string): Seen | undefined {
    return this.members().find(member => member.name === name)
  }

  /** `event name` of all events since a time. */
  eventsSince(atMs: number): string[] {
    return this.lines.flatMap(line =>
      line.type === 'event' && line.atMs >= atMs ? [`${line.event} ${line.name}`] : [],
    )
  }

  /** When a value of another member's presence arrived. */
  arrivalMs(id: string, value: number): number | undefined {
    return this.lines.find(line => line.type === 'presence' && line.id === id && line.value === value)?.atMs
  }
}

const { seconds, members, stays } = readOptions()
const reason = whyNoNetworks()
if (reason !== undefined) {
  console.error(`LEFT OUT: bench:sleep: ${reason}.`)
  process.exit(2)
}
const removals: (() => void)[] = []
const network = new Network(remove => removals.push(remove))

const first = new Device(network, 'm0', [], seconds)
const bootstrap = [`${first.host.address}:${port}`]
const others = [
  first,
  ...Array.from({ length: members - 2 }, (_, i) => new Device(network, `m${i + 1}`, bootstrap, seconds)),
]
const sleeper = new Device(network, 'sleeper', bootstrap, seconds)
const all = [...others, sleeper]
await until('all members see each other', () =>
  all.every(device => device.members().filter(({ status }) => status === 'alive').length === members),
)
await sleep(settleMs)

const id = first.seen('sleeper')?.id ?? ''
const incarnations = () => others.map(({ name }) => sleeper.seen(name)?.incarnation)
const before = incarnations()
const suspendedAtMs = Date.now()
sleeper.send('suspend')
await until('others see it asleep', () =>
  others.every(device => device.seen('sleeper')?.attention === 'asleep'),
)
const asleepMs = Date.now() - suspendedAtMs
sleeper.signal('SIGSTOP')
const movedTo = '10.9.0.200'
const movedFrom = sleeper.host.address
if (!stays) sleeper.host.moveTo(movedTo)
console.error(`asleep for ${seconds} s`)
await sleep(seconds * 1_000)
const stillAsleep = others.filter(device => {
  const seen = device.seen('sleeper')
  return seen?.status === 'alive' && seen.attention === 'asleep'
}).length

const resumedAtMs = Date.now()
sleeper.signal('SIGCONT')
sleeper.send('resume')
sleeper.send('set 1')
await until('the presence has arrived', () => others.every(device => device.arrivalMs(id, 1) !== undefined))
const arrivals = others.map(device => (device.arrivalMs(id, 1) ?? 0) - resumedAtMs)
await sleep(aftermathMs)

const isVerdict = (event: string) => /^(suspect|fail) /.test(event)
const aboutSleeper = others.flatMap(device => device.eventsSince(suspendedAtMs)).filter(isVerdict)
const bySleeper = sleeper.eventsSince(suspendedAtMs).filter(isVerdict)
const after = incarnations()
const raised = after.filter((incarnation, i) => incarnation !== before[i]).length
const result = {
  members,
  seconds,
  addressBefore: movedFrom,
  addressAfter: sleeper.host.address,
  untilSeenAsleepMs: asleepMs,
  seeItAsleepAtTheEnd: `${stillAsleep} of ${others.length}`,
  presenceArrivedMs: arrivals.toSorted((a, b) => a - b),
  suspectAndFailEventsAtOthers: aboutSleeper,
  suspectAndFailEventsAtSleeper: bySleeper,
  membersThatHadToRefute: raised,
  attentionAfterwards: [...new Set(others.map(device => device.seen('sleeper')?.attention))],
}
console.log(JSON.stringify(result, null, 2))
for (const remove of removals) remove()
const isGood =
  stillAsleep === others.length &&
  Math.max(...arrivals) <= boundMs &&
  aboutSleeper.length + bySleeper.length + raised === 0
process.exit(isGood ? 0 : 1)

async function until(what: string, holds: () => boolean): Promise<void> {
  const deadlineMs = Date.now() + 60_000
  while (!holds()) {
    if (Date.now() > deadlineMs) {
      for (const device of all) console.error(`${device.name}: ${JSON.stringify(device.lines.slice(-3))}`)
      for (const remove of removals) remove()
      throw new Error(`did not happen within 60 s: ${what}`)
    }
    await sleep(5)
  }
}

function readOptions(): { seconds: number; members: number; stays: boolean } {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '90' },
      members: { type: 'string', default: '6' },
      // The device keeps its address.
      stays: { type: 'boolean', default: false },
    },
  })
  const [seconds, members] = [Number(values.seconds), Number(values.members)]
  if (seconds >= 1 && seconds <= 3_000 && Number.isInteger(members) && members >= 3 && members <= 32)
    return { seconds, members, stays: values.stays }
  console.error('bench:sleep: --seconds is a number from 1 to 3000, --members a whole number from 3 to 32')
  process.exit(2)
}
