/**
 * `hearsay found`: makes the key of a cluster's authority and writes it to a file. The command starts no member: the cluster
 * exists as soon as the first member joins with the file.
 */
import { createAuthority } from '@hearsay/core'
import { writeAuthority } from '../member/authority-file.ts'
import { endProcess, printJson } from '../terminal/output.ts'
import { UsageError } from '../usage-error.ts'
import type { FoundFlags } from './options.ts'

/** Names that are file names everywhere. */
const plain = /^[\w-][\w.-]*$/
const maxNameLength = 128

export async function found(cluster: string, { out, json }: FoundFlags): Promise<void> {
  if (cluster === '' || cluster.length > maxNameLength || !cluster.isWellFormed())
    throw new UsageError(`give a name of 1 to ${maxNameLength} characters`)
  if (out === undefined && !plain.test(cluster))
    throw new UsageError(`'${cluster}' cannot be the name of a file. Choose a file for the key with --out`)
  const file = out ?? `${cluster}.authority`
  const { key, id } = await createAuthority()
  writeAuthority(file, { cluster, key }, id)
  if (json) printJson({ event: 'founded', cluster, id, file, at: Date.now() })
  else {
    const shown = JSON.stringify(file) === `"${file}"` && !/\s/.test(file) ? file : `'${file}'`
    const first = `hearsay join --authority-file ${shown}`
    const lines = [
      `authority ${id}`,
      `${file} contains its private key. Everybody who has the file can grant every role, and without the file`,
      'nobody can make admins. Keep it secret, and keep a copy.',
      '',
      'Next:',
      `  ${first}    # run the first member`,
      `  ${'hearsay invite'.padEnd(first.length)}    # in another terminal: print a ticket`,
      `  ${'hearsay join'.padEnd(first.length)}    # on any machine: paste the ticket`,
    ]
    console.log(lines.join('\n'))
  }
  await endProcess(0)
}
