/**
 * Liveness bench: how fast real member processes see each other start, join, crash, hang and return, and what they cost
 * while idle; compared with serf, in the same run, if serf is installed.
 *
 * Prints progress to stderr, one JSON object to stdout. Ratios count, not absolute times.
 */
import { availableParallelism } from 'node:os'
import { runStep } from '../check/step.ts'
import { hearsay } from '../processes/hearsay.ts'
import type { Subject } from '../processes/subject.ts'
import type { Figures } from './figures.ts'
import { readOptions } from './options.ts'
import { canHaveOwnNetwork, inOwnNetwork, repeatInOwnNetwork } from './own-network.ts'
import { ratios } from './ratios.ts'
import { runScenario } from './run-scenario.ts'
import { serf, serfVersion } from './serf.ts'

const options = readOptions()

// The exit handlers end the members, too.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(1))

if (!inOwnNetwork) await build()
if (!inOwnNetwork && canHaveOwnNetwork()) repeatInOwnNetwork()
else await bench()

/** Builds first: figures of an old build would mislead. */
async function build(): Promise<void> {
  const command = ['turbo', 'run', 'build', '--filter=@hearsay/cli', '--output-logs=errors-only'] as const
  const { ok, output } = await runStep({ title: 'build', command }, () => undefined)
  if (ok) return
  console.error(output)
  process.exit(1)
}

async function bench(): Promise<void> {
  const { members, profile, only } = options
  const version = serfVersion()
  const subjects = [hearsay(profile, `bench-${process.pid}`), ...(version ? [serf(profile)] : [])]
  const figures: Record<string, Figures> = {}
  for (const subject of subjects)
    if (only === undefined || only === subject.name) figures[subject.name] = await measure(subject)

  const report = {
    members,
    profile,
    idleSeconds: options.idleSeconds,
    machine: { cores: availableParallelism(), node: process.version, serf: version ?? null },
    traffic: inOwnNetwork
      ? 'measured'
      : 'not measured: a loopback of our own needs Linux, root, unshare and ip',
    ...figures,
    ratios: ratios(figures['hearsay'], figures['serf']),
  }
  console.log(JSON.stringify(report, null, 2))
}

function measure(subject: Subject): Promise<Figures> {
  return runScenario(subject, {
    members: options.members,
    idleSeconds: options.idleSeconds,
    startOnly: options.startOnly,
    ownLoopback: inOwnNetwork,
    progress: (step, result) => console.error(`${subject.name.padEnd(9)}${step.padEnd(8)}${result}`),
  })
}
