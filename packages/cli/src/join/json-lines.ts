/** JSON lines: what `--json` prints, and nothing else on stdout. The format is public: fields are only ever added. */
import type { Cluster } from '@hearsay/core'
import type { Told } from '../member/told.ts'

export const jsonLines = {
  ready({ self: { id, addresses } }: Cluster): void {
    print({ event: 'ready', id, addresses, at: Date.now() })
  },
  told({ event, member: { id, name, incarnation }, at }: Told): void {
    print({ event, id, name, incarnation, at })
  },
}

const print = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`)
