/** Attacks: the rows of the table. Each attack is run by a stranger, by an admitted member, or by one after the other. */
import type { ScriptName } from './scripts/index.ts'

export interface Attack {
  readonly name: ScriptName
  /** The name of the attack in the table. */
  readonly title: string
  readonly by: readonly ('stranger' | 'member')[]
  /** When an additional honest member, which has a storage, ends and starts again. @default there is no such member */
  readonly returning?: 'before' | 'during'
  /** The largest value of each number that the attacker counts, for a stranger and for a member. Missing: any. */
  readonly atMost?: (by: 'stranger' | 'member', members: number) => Readonly<Record<string, number>>
}

const both = ['stranger', 'member'] as const

export const attacks: readonly Attack[] = [
  { name: 'madeUpIdentities', title: '20 made-up identities a second', by: both },
  { name: 'manyMadeUpIdentities', title: '22,000 made-up identities', by: both },
  { name: 'departedIdentities', title: '22,000 identities that left', by: both },
  { name: 'paddedRecords', title: 'records with 32 kB of unknown fields', by: both },
  { name: 'groundIds', title: '16 of 10,000 ground ids around a member', by: both },
  {
    name: 'thirdHost',
    title: 'records that name a third host and port',
    by: both,
    // Two a minute for each member. An attack takes less than a minute.
    atMost: (by, members) => ({ 'dials of one port': by === 'stranger' ? 0 : 2 * members }),
  },
  { name: 'liar', title: 'a liar suspects everybody', by: both },
  { name: 'recordVersions', title: '250 versions of a record a second', by: both },
  { name: 'garbage', title: 'wrong signatures, wrong clusters, unreadable bytes', by: both },
  { name: 'configFlood', title: '1,100 config keys', by: both },
  { name: 'presenceFlood', title: 'presence of 1,134 unknown authors', by: both },
  { name: 'documentWipe', title: 'delete-all by a peer without a record', by: both },
  { name: 'readerUpdates', title: 'a reader changes a document with writers', by: both },
  { name: 'documentClients', title: 'an update with 100,000 client ids', by: both },
  { name: 'broadcastFlood', title: '119 broadcasts of 31 kB a second', by: both },
  { name: 'endlessFrames', title: '600 frames of 1 MB that never end', by: both },
  { name: 'silentConnections', title: '1,500 silent TCP connections', by: ['stranger'] },
  {
    name: 'relayUse',
    title: '137 reservations and circuits at a relay',
    by: both,
    atMost: by =>
      by === 'stranger' ? { reservations: 0, circuits: 0 } : { reservations: 128, circuits: 64 },
  },
  {
    name: 'foreignOrigin',
    title: 'WebSockets of a foreign origin',
    by: ['stranger'],
    atMost: () => ({ opened: 0 }),
  },
  { name: 'withholdingRelay', title: '8 members forward nothing about two others', by: ['member'] },
  {
    name: 'replayedLeave',
    title: 'the recorded leave of a member that returned',
    by: both,
    returning: 'before',
  },
  {
    name: 'floodAcrossRestart',
    title: '200 introduced identities a second while a member starts again',
    by: both,
    returning: 'during',
    atMost: by => ({ 'back ms': 3_000, 'strangers stored': by === 'stranger' ? 0 : 64 }),
  },
]
