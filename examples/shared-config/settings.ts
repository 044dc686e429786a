/** Settings: the config that all processes of the service share, with its schema. */
import { parseArgs } from 'node:util'
import { type Cluster, type Config, joinCluster } from '@hearsay/core'
import * as v from 'valibot'

const schema = {
  greeting: v.pipe(v.string(), v.nonEmpty(), v.maxLength(80)),
  times: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10)),
}

export type Settings = Config<typeof schema>

/** The values until they are set. */
export const defaults = { greeting: 'Hello', times: 1 }

export type Key = keyof typeof defaults

export const isKey = (text: string): text is Key => Object.hasOwn(schema, text)

/** The words of the command line, and `--bootstrap <multiaddr>` for networks without multicast DNS. */
export function readArguments(): { words: string[]; bootstrap: string[] } {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { bootstrap: { type: 'string', multiple: true } },
  })
  return { words: positionals, bootstrap: values.bootstrap ?? [] }
}

export async function openSettings(
  name: string,
  bootstrap: readonly string[],
): Promise<{ cluster: Cluster; settings: Settings }> {
  const cluster = await joinCluster({ cluster: process.env['CLUSTER'] ?? 'greeters', name, bootstrap })
  return { cluster, settings: await cluster.config('settings', { schema }) }
}
