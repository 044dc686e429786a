/** Faults of a process, its machine and its store. */
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type JoinOptions, joinCluster } from '@hearsay/core'
import type { TestContext } from 'vitest'
import type { DiagnosedMember, DiagnosedMemberOptions } from './diagnosed-member.ts'
import { type Fault, problemsOf, type ReadTexts } from './fault.ts'
import { startMember } from './joining-faults.ts'

const dayMs = 86_400_000

/** Members that know each other; all join through the first. */
async function startCluster(
  context: TestContext,
  names: readonly string[],
  optionsOf: (name: string) => DiagnosedMemberOptions = () => ({}),
): Promise<DiagnosedMember[]> {
  const members: DiagnosedMember[] = []
  let bootstrap: string[] = []
  for (const name of names) {
    const member = startMember(context, name, { bootstrap, ...optionsOf(name) })
    bootstrap = bootstrap.length > 0 ? bootstrap : [await member.address()]
    members.push(member)
  }
  const [first] = members as [DiagnosedMember]
  for (const member of members) await first.untilKnows(member)
  return members
}

/** The first member's explanation of the second member after `act` on the second one. */
function explainedAfter(act: (second: DiagnosedMember) => unknown): Fault['inject'] {
  return async context => {
    const [first, second] = (await startCluster(context, ['ada', 'grace', 'alan'])) as [
      DiagnosedMember,
      DiagnosedMember,
    ]
    const id = await second.id()
    await act(second)
    return () => first.explain(id)
  }
}

async function temporaryFolder({ onTestFinished }: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hearsay-diagnosis-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** The problems of a member with a store in a folder, after `fail` made the store fail. */
function failingStore(fail: (member: DiagnosedMember) => unknown): Fault['inject'] {
  return async context => {
    const storage = await temporaryFolder(context)
    const member = startMember(context, 'ada', { storage })
    await member.id()
    await fail(member)
    return () => {
      member.store()
      return member.problems
    }
  }
}

/** The message with which `joinCluster` rejects. */
async function refusal({ onTestFinished }: TestContext, options: Partial<JoinOptions>): Promise<ReadTexts> {
  const texts: string[] = []
  const joining = joinCluster({ cluster: 'diagnosis', mdns: false, ...options })
  joining.then(
    cluster => onTestFinished(() => cluster.leave()),
    error => void texts.push(String(error.message)),
  )
  await joining.catch(() => {})
  return () => texts
}

export const memberFaults: readonly Fault[] = [
  {
    name: 'clock a day ahead',
    source: 'health',
    words: 'The clock of this machine is 1 day ahead of',
    async inject(context) {
      const members = await startCluster(context, ['ada', 'grace', 'alan'], name =>
        name === 'alan' ? { clockAheadMs: dayMs } : {},
      )
      return problemsOf(members[2] as DiagnosedMember)
    },
  },
  {
    name: 'clock of another member a day behind',
    source: 'explain',
    words: 'Its clock is 1 day behind the clock of this machine.',
    async inject(context) {
      const [first, second] = (await startCluster(context, ['ada', 'grace', 'alan'], name =>
        name === 'grace' ? { clockAheadMs: -dayMs } : {},
      )) as [DiagnosedMember, DiagnosedMember]
      const id = await second.id()
      return () => first.explain(id)
    },
  },
  {
    name: 'event loop blocked',
    source: 'health',
    words: 'its event loop was blocked, it was stopped, or the machine slept',
    async inject(context) {
      const [member] = (await startCluster(context, ['ada', 'grace'])) as [DiagnosedMember]
      member.block(5_000)
      return problemsOf(member)
    },
  },
  {
    name: 'process stopped for some seconds',
    source: 'health',
    words: 'This process stood still for',
    async inject(context) {
      const [member] = (await startCluster(context, ['ada', 'grace'])) as [DiagnosedMember]
      member.signal('SIGSTOP')
      setTimeout(() => member.signal('SIGCONT'), 5_000)
      return problemsOf(member)
    },
  },
  {
    name: 'other process stopped',
    source: 'explain',
    words: 'It is connected but silent: is its process stopped or busy?',
    inject: explainedAfter(member => member.signal('SIGSTOP')),
  },
  {
    name: 'other process killed',
    source: 'explain',
    words: 'Its host refuses connections at its port',
    inject: explainedAfter(member => member.signal('SIGKILL')),
  },
  {
    name: 'member that left',
    source: 'explain',
    words: 'It becomes alive when it joins again.',
    inject: explainedAfter(member => member.leave()),
  },
  {
    name: 'member that never joined',
    source: 'explain',
    words: 'Is it in the same cluster, and can it reach any member of the cluster?',
    async inject(context) {
      const first = startMember(context, 'ada')
      const stranger = await startMember(context, 'eve', { cluster: 'diagnoses' }).id()
      return () => first.explain(stranger)
    },
  },
  {
    name: 'half of the members gone at once',
    source: 'health',
    words: 'Probably the network between them and this member is cut',
    async inject(context) {
      const [first, , c, d] = (await startCluster(context, ['ada', 'grace', 'alan', 'kurt'])) as [
        DiagnosedMember,
        DiagnosedMember,
        DiagnosedMember,
        DiagnosedMember,
      ]
      for (const member of [c, d]) member.signal('SIGKILL')
      return problemsOf(first)
    },
  },
  {
    name: 'storage copied to a second process',
    source: 'health',
    words: 'Stop one of the two, and delete its copy of the storage.',
    async inject(context) {
      const [folder, copy] = [await temporaryFolder(context), await temporaryFolder(context)]
      const first = startMember(context, 'ada', { storage: folder })
      await first.id()
      await first.leave()
      await cp(folder, copy, { recursive: true })
      const grace = startMember(context, 'grace')
      const bootstrap = [await grace.address()]
      const ada = startMember(context, 'ada', { storage: folder, bootstrap })
      await ada.id()
      startMember(context, 'copy', { storage: copy, bootstrap })
      return problemsOf(ada)
    },
  },
  {
    name: 'disk full',
    source: 'health',
    words: 'the disk is full: free some space',
    inject: failingStore(member => member.limitFiles(1)),
  },
  {
    name: 'storage below a file',
    source: 'error',
    words: 'a part of the path is a file',
    async inject(context) {
      const file = join(await temporaryFolder(context), 'file')
      await writeFile(file, '')
      return refusal(context, { storage: join(file, 'store') })
    },
  },
  {
    name: 'storage used by another process',
    source: 'error',
    words: 'another process uses',
    async inject(context) {
      const storage = await temporaryFolder(context)
      await startMember(context, 'ada', { storage }).id()
      return refusal(context, { storage })
    },
  },
  {
    name: 'port in use',
    source: 'error',
    words: 'is in use by another process. Choose another port, or 0 for any',
    async inject(context) {
      const address = await startMember(context, 'ada').address()
      return refusal(context, { listen: [address.split('/p2p/')[0] ?? ''] })
    },
  },
  {
    name: 'misspelt option',
    source: 'error',
    words: "did you mean 'bootstrap'?",
    inject: context => refusal(context, { boostrap: [] } as object),
  },
]
