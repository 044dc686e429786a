/** Explore worker: explores on a core of its own and reports each schedule, until its time is over or it is told to stop. */
import { parentPort, workerData } from 'node:worker_threads'
import { explore, type Found } from '@hearsay/simulator'

/** What it is given. */
export interface WorkerTask {
  readonly seed: number
  readonly stride: number
  readonly untilEpochMs: number
}

export type WorkerReport =
  | { readonly type: 'tried'; readonly virtualMs: number }
  | { readonly type: 'found'; readonly found: Found }

const { seed, stride, untilEpochMs } = workerData as WorkerTask
const report = (message: WorkerReport) => parentPort?.postMessage(message)
let isStopped = false
parentPort?.once('message', () => {
  isStopped = true
})
// What is left to do keeps the worker alive, not the ear for a stop.
parentPort?.unref()

await explore({
  seed,
  stride,
  isEnough: () => isStopped || Date.now() >= untilEpochMs,
  onTried: ({ outcome }) => report({ type: 'tried', virtualMs: outcome.virtualMs }),
  onFound: found => report({ type: 'found', found }),
})
