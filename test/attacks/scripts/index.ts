/** All scripts by name. */
import { endlessFrames, foreignOrigin, relayUse, silentConnections } from './connections.ts'
import { garbage, liar, recordVersions } from './facts.ts'
import {
  departedIdentities,
  floodAcrossRestart,
  groundIds,
  madeUpIdentities,
  manyMadeUpIdentities,
  paddedRecords,
  thirdHost,
} from './identities.ts'
import { readerUpdates } from './reader-updates.ts'
import { recordLeave, replayedLeave } from './replays.ts'
import type { Script } from './script.ts'
import { broadcastFlood, configFlood, documentClients, documentWipe, presenceFlood } from './spaces.ts'
import { uninvitedJoins } from './uninvited-joins.ts'
import { withholdingRelay } from './withholding.ts'

export const scripts = {
  madeUpIdentities,
  manyMadeUpIdentities,
  departedIdentities,
  paddedRecords,
  groundIds,
  thirdHost,
  liar,
  recordVersions,
  garbage,
  configFlood,
  presenceFlood,
  documentWipe,
  documentClients,
  readerUpdates,
  broadcastFlood,
  endlessFrames,
  silentConnections,
  relayUse,
  foreignOrigin,
  withholdingRelay,
  replayedLeave,
  floodAcrossRestart,
  recordLeave,
  uninvitedJoins,
} satisfies Record<string, Script>

export type ScriptName = keyof typeof scripts
