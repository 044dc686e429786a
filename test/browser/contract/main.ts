/// <reference lib="dom" />
/** A page that shares a member with other tabs, and runs the contract of a cluster on its view of the member. */
import type { Cluster, JoinOptions } from '@hearsay/core'
import { connectCluster } from '@hearsay/port'
import { joinFromTab } from '@hearsay/tabs'
import { describeCluster } from '../../contract/cluster-contract.ts'
import { until } from '../../helpers/until.ts'
import { jsonPort } from '../json-port.ts'
import { after, before, tests } from './collector.ts'

const patienceMs = 20_000

async function join(options: JoinOptions): Promise<Cluster> {
  return await joinFromTab({
    cluster: options.cluster ?? '',
    join: async () => {
      const { joinCluster } = await import('@hearsay/core')
      return await joinCluster(options)
    },
  })
}

/** Resolves when the condition holds. */
async function holds(condition: () => boolean): Promise<void> {
  const endMs = performance.now() + patienceMs
  while (!condition()) {
    if (performance.now() > endMs) throw new Error(`not within ${patienceMs / 1_000} s: ${condition}`)
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}

/** Rejects when a test has taken too long. */
function lateError(): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`not within ${(2 * patienceMs) / 1_000} s`)), 2 * patienceMs)
  })
}

export const contract = {
  /** Joins, as the leader if this is the first tab. Resolves when both members are there. */
  async join(options: JoinOptions): Promise<void> {
    const { members } = await join(options)
    await until(members, list => list.length === 2)
  },
  /** Joins, and defines the tests. The other member is served over a WebSocket. @returns the names of the tests */
  async begin(options: JoinOptions, otherMember: string): Promise<readonly string[]> {
    describeCluster('between tabs', async () => {
      const first = await join(options)
      const second = await connectCluster(jsonPort(new WebSocket(otherMember)))
      const clusters = [first, second]
      await holds(() => clusters.every(({ members }) => members.getSnapshot().length === 2))
      const close = async () => {
        await Promise.all(clusters.map(each => each.leave()))
      }
      return { first, second, secondIsView: true, until: holds, close }
    })
    for (const act of before) await act()
    return [...tests.keys()]
  },
  /** Runs a test. @returns its error */
  async run(name: string): Promise<string | undefined> {
    try {
      await Promise.race([tests.get(name)?.(), lateError()])
      return undefined
    } catch (error) {
      return error instanceof Error ? `${error.message}\n${error.stack}` : String(error)
    }
  },
  async end(): Promise<void> {
    for (const act of after) await act()
  },
}

export type PageContract = typeof contract

Object.assign(globalThis, { contract })
