/**
 * Explore: runs random schedules of faults on all cores, for some minutes, from the command line.
 *
 * Ctrl-C ends it early. The exit code is 1 if a cluster does not survive a schedule. Each such schedule is shrunk and
 * printed with the command that runs it again.
 */
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { type Found, isSchedule, runSchedule, type Schedule } from '@hearsay/simulator'
import { Command, InvalidArgumentError } from 'commander'
import { Listr } from 'listr2'
import type { WorkerReport, WorkerTask } from './explore-worker.ts'

interface Options {
  readonly minutes: number
  readonly seed: number
  readonly workers: number
  readonly json?: true
  readonly replay?: Schedule
}

const command = new Command('sim:explore')
  .description('Draws random schedules of faults and searches for one that a cluster does not survive.')
  .option('--minutes <number>', 'how long', positive, 5)
  .option('--seed <integer>', 'the first seed', integer, Date.now() % 1_000_000_000)
  .option('--workers <number>', 'how many run in parallel', positive, availableParallelism())
  .option('--replay <schedule>', 'run only this schedule, as it was printed', schedule)
  .option('--json', 'print the schedules found as JSON')
  .parse(process.argv.filter(argument => argument !== '--'))

const options = command.opts<Options>()
if (options.replay) await replay(options.replay)
else await search(options)

async function replay(schedule: Schedule): Promise<void> {
  const outcome = await runSchedule(schedule)
  console.log(outcome.type === 'survived' ? 'survived' : `${outcome.what}: ${outcome.message}`)
  process.exitCode = outcome.type === 'survived' ? 0 : 1
}

async function search({ minutes, seed, workers, json }: Options): Promise<void> {
  const tally = { tried: 0, virtualMs: 0, found: [] as Found[] }
  const untilEpochMs = Date.now() + minutes * 60_000
  const title = () =>
    `${tally.tried} schedules, ${(tally.virtualMs / 3_600_000).toFixed(1)} h of virtual time, ${tally.found.length} not survived`
  await new Listr(
    [
      {
        title: `from seed ${seed}, ${minutes} min`,
        task: async (_, task) => {
          await Promise.all(
            Array.from({ length: workers }, (_, i) =>
              work({ seed: seed + i, stride: workers, untilEpochMs }, report => {
                if (report.type === 'found') tally.found.push(report.found)
                else {
                  tally.tried += 1
                  tally.virtualMs += report.virtualMs
                }
                if (process.stderr.isTTY) task.output = title()
              }),
            ),
          )
          task.title = title()
        },
      },
    ],
    // This program handles Ctrl-C itself: it prints the schedules found until then.
    { silentRendererCondition: json === true, registerSignalListeners: false },
  ).run()
  if (json) console.log(JSON.stringify({ seed, minutes, workers, ...tally }))
  else for (const found of tally.found) console.log(`\n${describe(found)}`)
  process.exitCode = tally.found.length === 0 ? 0 : 1
}

function work(task: WorkerTask, onReport: (report: WorkerReport) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./explore-worker.ts', import.meta.url), { workerData: task })
    const stop = () => worker.postMessage('stop')
    process.once('SIGINT', stop)
    worker
      .on('message', onReport)
      .on('error', reject)
      .on('exit', () => {
        process.off('SIGINT', stop)
        resolve()
      })
  })
}

function describe({ seed, schedule, outcome }: Found): string {
  const message = outcome.message.split('\n').slice(0, 12).join('\n')
  return `seed ${seed}, ${outcome.what}: ${message}\n  npx pnpm@12.21.0 sim:explore --replay '${JSON.stringify(schedule)}'`
}

function integer(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new InvalidArgumentError('give an integer')
  return value
}

function positive(text: string): number {
  const value = Number(text)
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('give a number above 0')
  return value
}

function schedule(text: string): Schedule {
  try {
    const value: unknown = JSON.parse(text)
    if (isSchedule(value)) return value
  } catch {
    // Reported below.
  }
  throw new InvalidArgumentError('give a schedule as it was printed, in quotes')
}
