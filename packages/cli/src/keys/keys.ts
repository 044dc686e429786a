/** `hearsay keys`: lists and replaces the secrets of a cluster, at the member of this machine. */
import type { Cluster } from '@hearsay/core'
import { openRunning } from '../attach/open-cluster.ts'
import type { RunningFlags } from '../attach/options.ts'
import { asUsageError } from '../member/as-usage-error.ts'
import { firstLine } from '../member/secret-file.ts'
import { endProcess, printJson } from '../terminal/output.ts'
import { printTable } from '../terminal/text-table.ts'
import type { KeysRequest } from './options.ts'

export async function keys(request: KeysRequest, flags: RunningFlags): Promise<void> {
  const secret = request.type === 'add' ? await firstLine('keys add', request.file, 'secret') : ''
  const cluster = await openRunning(flags)
  await asUsageError(change(cluster, request, secret))
  await printKeys(cluster, flags)
  await cluster.leave()
  await endProcess(0)
}

async function change({ keyring }: Cluster, request: KeysRequest, secret: string): Promise<void> {
  switch (request.type) {
    case 'list':
      return
    case 'add':
      await keyring.add(secret)
      return
    case 'use':
      return keyring.use(request.fingerprint)
    case 'remove':
      return keyring.remove(request.fingerprint, { force: request.force })
  }
}

async function printKeys({ keyring }: Cluster, flags: RunningFlags): Promise<void> {
  const [listed, { holders, silent, mayChange }] = await asUsageError(
    Promise.all([keyring.list(), keyring.holders()]),
  )
  const answered = new Set(Object.values(holders).flat()).size
  const all = answered + silent.length
  const shown = listed.map(key => ({ ...key, holders: holders[key.fingerprint]?.length ?? 0 }))
  if (flags.json) {
    for (const key of shown) printJson({ event: 'key', ...key, members: all, mayChange, at: Date.now() })
    return
  }
  const rows = shown.map(({ fingerprint, primary, addedAtMs, holders }) => [
    fingerprint,
    primary ? 'primary' : 'accepted',
    `${holders} of ${all}`,
    addedAtMs === undefined ? 'from the start' : new Date(addedAtMs).toISOString(),
  ])
  await printTable(['fingerprint', 'use', 'held by', 'added'], rows)
  // A member of an earlier version does not send `mayChange`.
  if (mayChange === false)
    console.log("Only a member with the authority's key can change the keys: one with --authority-file.")
}
