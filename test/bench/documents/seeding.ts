/** Seeding: a document that begins with a template: by the option `seed` or, without it, as apps insert one themselves. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Room, RoomDocument } from '@hearsay/core'
import type * as Y from 'yjs'

export const template = '# Title'

/** A member that is alone with a document is synced after this time. */
const aloneMs = 3_000

type OpenSeeded = (name: string, options: { seed: (doc: Y.Doc) => void }) => RoomDocument

/** @param isSeedKnown whether the room supports the option */
export function openSeeded(room: Room, name: string, isSeedKnown: boolean): RoomDocument {
  if (isSeedKnown) return withSeed(room, name)
  const document = room.document(name)
  document.provider.once('synced', () => {
    if (document.doc.getText('text').length === 0) insertTemplate(document.doc)
  })
  return document
}

/** Whether a room supports the option: tried with a document that no other member opens. */
export async function hasSeed(room: Room): Promise<boolean> {
  const document = withSeed(room, 'seed option')
  await sleep(aloneMs)
  const isThere = document.doc.getText('text').length > 0
  document.provider.destroy()
  return isThere
}

function withSeed(room: Room, name: string): RoomDocument {
  const open: OpenSeeded = room.document.bind(room)
  return open(name, { seed: insertTemplate })
}

function insertTemplate(doc: Y.Doc): void {
  doc.getText('text').insert(0, template)
}
