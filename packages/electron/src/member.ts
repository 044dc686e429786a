/** Member: the member of the app, in a utility process. The member serves the views whose ports the main process sends. */
import { type Cluster, joinCluster } from '@hearsay/core'
import { serveCluster } from '@hearsay/port'
import type { ParentPort } from './electron.ts'
import type { MemberReport, MemberRequest } from './messages.ts'

/**
 * The main process starts another process if this one crashes. Our choice: far longer than that takes, and short for an app
 * that is killed with all its processes.
 */
const returnsWithinMs = 5_000

/**
 * Runs the member. Call it at once in the module that the option `modulePath` of `startMember` names; without the option, the
 * package has a module of its own.
 *
 * @returns the member, when it has joined. The member belongs to the windows, too: enter rooms through `connectCluster`
 */
export function runMember(): Promise<Cluster> {
  const parent = (process as unknown as { readonly parentPort: ParentPort }).parentPort
  const report = (message: MemberReport) => parent.postMessage(message)
  return new Promise(resolve => {
    const start = Promise.withResolvers<Cluster>()
    start.promise.then(
      cluster => {
        cluster.update({ returnsWithinMs })
        report({ type: 'joined' })
        resolve(cluster)
      },
      (error: unknown) => {
        const { name, message } = error instanceof Error ? error : new Error(String(error))
        report({ type: 'failed', name, message })
        // The main process reads the report and ends this process.
      },
    )
    parent.on('message', ({ data, ports: [port] }) => {
      const request = data as MemberRequest
      switch (request.type) {
        case 'start':
          return start.resolve(joinCluster(request.options))
        case 'view':
          return void start.promise.then(cluster => {
            if (port) serveCluster(cluster, port, { allow: request.allow, view: request.view })
          })
      }
    })
  })
}
