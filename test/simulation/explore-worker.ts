/**
 * Explore worker: explores on its own core and reports each schedule, until its time is over or it receives the stop message.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { explore, type Found } from '@hearsay/simulator'

/** The parameters of a worker. */
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
// Only the exploration keeps the worker alive, not the listener for the stop message.
parentPort?.unref()

await explore({
  seed,
  stride,
  isEnough: () => isStopped || Date.now() >= untilEpochMs,
  onTried: ({ outcome }) => report({ type: 'tried', virtualMs: outcome.virtualMs }),
  onFound: found => report({ type: 'found', found }),
})
