/**
 * Documents bench: compares hearsay with y-websocket and its own server, on this machine, in one run, over loopback only.
 *
 * Prints progress to stderr, a table or JSON to stdout. Ratios count, not absolute times. A part that fails or takes too
 * long is reported, has no figures, and makes the exit code 1.
 */
import { availableParallelism } from 'node:os'
import { type Part, parts, readOptions } from './documents/options.ts'
import { type Figures, plays } from './documents/parts.ts'
import type { SubjectName } from './documents/replica-handle.ts'
import { Subject, subjects } from './documents/subject.ts'
import { table } from './documents/table.ts'
import { canHaveOwnNetwork, inOwnNetwork, repeatInOwnNetwork } from './own-network.ts'
import { ratios } from './ratios.ts'

const options = readOptions()

// The exit handlers end the replicas, too.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(1))

if (!inOwnNetwork && canHaveOwnNetwork()) repeatInOwnNetwork()
else await bench()

async function bench(): Promise<void> {
  const played: { readonly part: Part; readonly of: Record<SubjectName, Figures> }[] = []
  for (const part of parts) {
    if (options.only !== undefined && options.only !== part) continue
    const of: Record<SubjectName, Figures> = { hearsay: {}, 'y-websocket': {} }
    for (const subject of subjects) of[subject] = await play(part, subject)
    played.push({ part, of })
  }
  const sections = played.map(({ part, of }) => ({
    title: plays[part].title,
    ours: of.hearsay,
    theirs: of['y-websocket'],
  }))
  if (!options.isJson) console.log(table(sections))
  else
    console.log(
      JSON.stringify(
        {
          machine: { cores: availableParallelism(), node: process.version },
          keystrokes: options.keystrokes,
          seed: options.seed,
          traffic: inOwnNetwork
            ? 'measured'
            : 'not measured: an own loopback needs Linux, root, unshare and ip',
          ...Object.fromEntries(
            played.map(({ part, of }) => [part, { ...of, ratios: ratios(of.hearsay, of['y-websocket']) }]),
          ),
        },
        null,
        2,
      ),
    )
}

async function play(part: Part, name: SubjectName): Promise<Figures> {
  const subject = await Subject.start(name)
  console.error(`${name.padEnd(13)}${part.padEnd(7)}${plays[part].title}`)
  const sinceMs = performance.now()
  try {
    const figures = await plays[part].play(subject, options)
    console.error(`${''.padEnd(20)}done after ${((performance.now() - sinceMs) / 1_000).toFixed(1)} s`)
    return figures
  } catch (error) {
    console.error(`${''.padEnd(20)}failed: ${error instanceof Error ? error.message : error}`)
    process.exitCode = 1
    return {}
  } finally {
    await subject.end()
  }
}
