/**
 * Runs one request on a shared config and reports the result. Returns true if the request succeeded and
 * another member has the same entries.
 */
import type { Cluster, Config, Json } from '@hearsay/core'
import { asUsageError } from '../member/as-usage-error.ts'
import { neverWaitForReader, printError } from '../terminal/output.ts'
import type { ConfigRequest, ReadRequest } from './options.ts'
import type { Entry, Report } from './report.ts'

export interface ConfigCommand {
  readonly member: Cluster
  readonly config: Config
  readonly report: Report
  /** How long to wait for another member, in seconds. */
  readonly waitS: number
  /** The entries outlive this command: the member has a storage, or somebody else has the config open at it. */
  readonly keeps: boolean
}

export async function answer(command: ConfigCommand, request: ConfigRequest): Promise<boolean> {
  switch (request.type) {
    case 'watch':
      return watch(command, request.key)
    case 'set':
      return write(command, request.key, request.value)
    case 'delete':
      return write(command, request.key, undefined)
    default:
      return read(command, request)
  }
}

async function read(command: ConfigCommand, request: ReadRequest): Promise<boolean> {
  const { config, report, keeps } = command
  const agrees = await synced(command)
  if (!agrees) warn(`${noAnswer(command)}${keeps ? ': this is what is stored here' : ''}`)
  if (request.type === 'list') {
    const entries = entriesOf(config)
    if (entries.length > 0) report.list(entries)
    else if (agrees) warn(`'${config.name}' is empty`)
    return agrees !== undefined
  }
  const { key } = request
  const versions = config.history(key)
  const entry = entryOf(config, key)
  if (request.type === 'history' && versions.length > 0) report.history(key, versions)
  else if (request.type === 'get' && entry) report.value(entry)
  else {
    if (agrees) warn(`there is no '${key}' in '${config.name}'`)
    return false
  }
  return agrees !== undefined
}

async function write(command: ConfigCommand, key: string, value: Json | undefined): Promise<boolean> {
  const { config, report, keeps, waitS, member } = command
  // Sync first: otherwise the author would overwrite an entry that it never received.
  const isSynced = (await synced(command)) !== undefined
  if (!isSynced && !keeps) {
    warn(
      `${noAnswer(command)}, and there is no --storage: nothing was written. Open the config at a running member first, or give --storage`,
    )
    return false
  }
  await asUsageError(value === undefined ? config.delete(key) : config.set(key, value))
  const storedBy = isSynced ? await synced(command) : undefined
  if (storedBy !== undefined) report.written(key, value, storedBy)
  else if (isSynced)
    warn(`no member accepted the write within ${waitS} s: ${member.self.id} may not be one of the writers`)
  else warn(`${noAnswer(command)}: it is stored here only`)
  return storedBy !== undefined
}

function watch(command: ConfigCommand, only: string | undefined): Promise<never> {
  const { member, config, report } = command
  const concerns = (key: string) => only === undefined || key === only
  const print = neverWaitForReader()
  report.ready(member)
  const entries = entriesOf(config).filter(({ key }) => concerns(key))
  if (entries.length > 0) report.list(entries)
  config.events.addEventListener('change', ({ detail }) => {
    if (concerns(detail.key)) print(() => report.change(detail))
  })
  config.events.addEventListener('conflict', ({ detail }) => {
    if (concerns(detail.key)) print(() => report.conflict(detail))
  })
  synced(command).then(
    agrees => agrees ?? warn(`${noAnswer(command)} yet; still trying`),
    () => undefined,
  )
  return new Promise(() => undefined)
}

/**
 * Returns the id of another member whose entries equal the local entries; undefined if there is none within `waitS`
 * seconds.
 */
async function synced({ config, waitS }: ConfigCommand): Promise<string | undefined> {
  const signal = AbortSignal.timeout(waitS * 1_000)
  try {
    return await config.synced({ signal })
  } catch (error) {
    if (error !== signal.reason) throw error
    return undefined
  }
}

const entriesOf = (config: Config): Entry[] =>
  Object.keys(config.entries.getSnapshot())
    .sort()
    .flatMap(key => entryOf(config, key) ?? [])

function entryOf(config: Config, key: string): Entry | undefined {
  const [newest] = config.history(key)
  // Without a schema, the newest version is the value.
  return newest?.to === undefined ? undefined : { key, value: newest.to, by: newest.by, atMs: newest.atMs }
}

const noAnswer = ({ config, waitS }: ConfigCommand) =>
  `no member with '${config.name}' open answered within ${waitS} s`

const warn = printError
