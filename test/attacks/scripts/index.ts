/** All scripts by name. */
import * as connections from './connections.ts'
import * as facts from './facts.ts'
import * as identities from './identities.ts'
import type { Script } from './script.ts'
import * as spaces from './spaces.ts'
import { uninvitedJoins } from './uninvited-joins.ts'

const idle: Script = async ({ begin }) => begin()

export const scripts = {
  idle,
  ...identities,
  ...facts,
  ...spaces,
  ...connections,
  uninvitedJoins,
} satisfies Record<string, Script>

export type ScriptName = keyof typeof scripts
