/**
 * Replica process: one replica, controlled by lines of JSON on stdin. It ends when stdin ends.
 *
 * Arguments: the subject, the replica's name, whether it has a store, and a contact, if any.
 */
import { hash } from 'node:crypto'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import * as Y from 'yjs'
import { mulberry32 } from '../../helpers/mulberry32.ts'
import type { AnswerOf, Command, Handlers } from './commands.ts'
import { Gauges } from './gauges.ts'
import { HearsayReplica } from './hearsay-replica.ts'
import type { OpenDocument, Replica } from './replica.ts'
import { type } from './typing.ts'
import { YWebsocketReplica } from './y-websocket-replica.ts'

const [subject, name = '', hasStorage, contact] = process.argv.slice(2)
const options = { name, contact, hasStorage: hasStorage === 'true' }
const replica: Replica =
  subject === 'y-websocket' ? new YWebsocketReplica(options) : new HearsayReplica(options)
const gauges = new Gauges()
const documents = new Map<string, OpenDocument>()

/** The number of edits between two turns of the event loop. */
const editsASlice = 10
const betweenSlicesMs = 5

const textOf = ({ doc }: OpenDocument): Y.Text => doc.getText('text')

function opened(document: string): OpenDocument {
  const open = documents.get(document)
  if (!open) throw new Error(`${document} is not open`)
  return open
}

async function open(document: string): Promise<OpenDocument> {
  const made = await replica.open(document)
  documents.set(document, made)
  return made
}

/**
 * Resolves as soon as `isSo`. Does not observe `update`: Yjs encodes each transaction for such an observer, and the
 * replicas observe `update` only if they need to.
 */
function until(doc: Y.Doc, isSo: () => boolean): Promise<void> {
  return new Promise(resolve => {
    const look = (): void => {
      if (!isSo()) return
      doc.off('afterTransaction', look)
      resolve()
    }
    doc.on('afterTransaction', look)
    look()
  })
}

async function read(document: string, characters: number, sinceMs: number): Promise<number> {
  const open = await openAgain(document)
  await until(open.doc, () => textOf(open).length >= characters)
  return performance.now() - sinceMs
}

const openAgain = (document: string): Promise<OpenDocument> => {
  documents.delete(document)
  return open(document)
}

const handlers: Handlers = {
  start: async () => (await replica.start()) ?? null,
  open: async ({ document }) => {
    await open(document)
  },
  insert: async ({ document, characters, pieces }) => {
    const text = textOf(opened(document))
    for (let i = 0; i < pieces; i++) {
      // Insert at the beginning: Yjs would merge appended content with the existing content, and copy all of it.
      text.insert(0, 'x'.repeat(characters / pieces))
      if (i % 100 === 99) await sleep(1)
    }
  },
  type: async ({ document, keystrokes, seed }) => {
    const { doc } = opened(document)
    await type(doc.getText('text'), keystrokes, mulberry32(seed))
    return { client: doc.clientID, clock: Y.getState(doc.store, doc.clientID) }
  },
  untilContains: async ({ document, made }) => {
    const { doc } = opened(document)
    await until(doc, () => made.every(({ client, clock }) => Y.getState(doc.store, client) >= clock))
  },
  digest: async ({ document }) => hash('sha256', Y.encodeSnapshot(Y.snapshot(opened(document).doc))),
  joinAndRead: async ({ document, characters }) => {
    const sinceMs = performance.now()
    await replica.start()
    return read(document, characters, sinceMs)
  },
  openAndRead: ({ document, characters }) => read(document, characters, performance.now()),
  showNumbers: async ({ document, perSecond }) => {
    let number = 0
    replica.watch(document, other => gauges.presenceChanged(other))
    setInterval(() => replica.show(document, ++number), 1_000 / perSecond)
  },
  reset: async () => gauges.reset(),
  measured: async () => ({
    worstStallMs: gauges.worstStallMs,
    presenceGapMs: gauges.presenceGapMs,
    suspicions: replica.suspicions,
    storedBytes: replica.storedBytes,
  }),
  edit: async ({ document, edits }) => {
    const { doc, stored } = opened(document)
    const random = mulberry32(1)
    const sinceMs = performance.now()
    for (let i = 0; i < edits; i++) {
      const text = doc.getText('text')
      text.insert(Math.floor(random() * text.length), 'e')
      if (i % editsASlice === editsASlice - 1) await sleep(betweenSlicesMs)
    }
    await stored()
    return performance.now() - sinceMs
  },
  leave: async () => {
    documents.clear()
    await replica.leave()
  },
}

const isCommand = (command: string): command is Command => command in handlers

const answer = (message: object): boolean => process.stdout.write(`${JSON.stringify(message)}\n`)

async function handle(line: string): Promise<void> {
  const { id, command, request } = JSON.parse(line)
  try {
    if (!isCommand(command)) throw new Error(`there is no command ${command}`)
    const carryOut: (request: never) => Promise<AnswerOf<Command>> = handlers[command]
    answer({ id, result: (await carryOut(request as never)) ?? null })
  } catch (error) {
    answer({ id, error: String(error) })
  }
}

const lines = createInterface({ input: process.stdin })
lines.on('line', line => void handle(line))
lines.on('close', () => process.exit(0))
answer({ ready: true })
