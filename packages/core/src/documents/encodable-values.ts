/**
 * Encodable values: gives the writer of a change the same values that all other members decode, before an observer sees them.
 *
 * Yjs keeps each value as the app gave it, and other members read what its encoding contains. Where the two differ, the members
 * would differ without notice: UTF-8 cannot represent half of a surrogate pair, a `Date` becomes an empty object, and an object
 * that the app changes later changes in the writer's document only. Yjs throws while it encodes some values. Until then they
 * are in the document, and each attempt to send or store the document fails.
 */
import * as Y from 'yjs'
import { InvalidValueError } from '../api/errors.ts'
import { reportAppError } from '../runtime/app-calls.ts'
import { changedClients } from '../spaces/documents/changed-clients.ts'
import { halfPairFault, receivedText } from '../wire/text.ts'
import { type CopyFaults, decodedCopy, decodedJson, decodedText, maxDepth } from './decoded-copy.ts'
import { renameKey } from './rename-key.ts'

/**
 * Replaces such values in each local transaction of the document, and reports an error. Refuses names of shared types that are
 * not well-formed Unicode. Call it before other observers.
 */
export function replaceUnencodable(doc: Y.Doc): void {
  refuseNames(doc)
  doc.on('beforeObserverCalls', transaction => replaceNew(transaction, transaction))
}

/** Replaces such values in a transaction that has not ended. Call it before its changes are encoded. */
export function replaceNew(
  transaction: Y.Transaction,
  clocks: Pick<Y.Transaction, 'beforeState' | 'afterState'>,
): void {
  const faults: CopyFaults = {}
  for (const item of newItems(transaction, clocks)) {
    replaceKey(transaction, item, faults)
    replaceIn(item.content, faults)
  }
  const what = describe(faults)
  if (what) reportAppError(new InvalidValueError(`the document has ${what}`))
}

function refuseNames(doc: Y.Doc): void {
  const get = doc.get.bind(doc)
  const checked: typeof get = (name, type) => {
    const fault = halfPairFault(name)
    if (fault) throw new InvalidValueError(`document: the name of a shared type ${fault}`)
    return get(name, type)
  }
  doc.get = checked
}

/** The items that this process wrote. The content of an update was decoded, so it can be encoded. */
function* newItems(
  { doc, local }: Y.Transaction,
  clocks: Pick<Y.Transaction, 'beforeState' | 'afterState'>,
): Generator<Y.Item> {
  const { clientID } = doc
  // To compare all clients after each update of another member would take time for each client of the document.
  const changed = local
    ? changedClients(clocks)
    : [{ client: clientID, before: clocks.beforeState.get(clientID) ?? 0 }]
  for (const { client, before } of changed) {
    if (before >= Y.getState(doc.store, client)) continue
    const structs = doc.store.clients.get(client) ?? []
    for (let i = Y.findIndexSS(structs, before); i < structs.length; i++) {
      const struct = structs[i]
      if (struct instanceof Y.Item) yield struct
    }
  }
}

function replaceKey(transaction: Y.Transaction, item: Y.Item, faults: CopyFaults): void {
  const { parentSub } = item
  if (parentSub !== null && decodedText(parentSub, faults) !== parentSub)
    renameKey(transaction, item, receivedText(parentSub))
}

function replaceIn(content: Y.Item['content'], faults: CopyFaults): void {
  if (content instanceof Y.ContentString) content.str = decodedText(content.str, faults)
  else if (content instanceof Y.ContentAny) {
    const { arr } = content
    for (let i = 0; i < arr.length; i++) arr[i] = decodedCopy(arr[i], faults)
  } else if (content instanceof Y.ContentBinary) content.content = new Uint8Array(content.content)
  else if (content instanceof Y.ContentEmbed)
    Reflect.set(content, 'embed', decodedJson(content.embed, faults))
  else if (content instanceof Y.ContentFormat) {
    content.key = decodedText(content.key, faults)
    Reflect.set(content, 'value', decodedJson(content.value, faults))
  } else if (content instanceof Y.ContentDoc) {
    content.doc.guid = decodedText(content.doc.guid, faults)
    content.opts = decodedCopy(content.opts, faults) ?? {}
  } else if (content instanceof Y.ContentType) replaceTypeName(content.type, faults)
}

function replaceTypeName(type: Y.AbstractType<unknown>, faults: CopyFaults): void {
  if (type instanceof Y.XmlElement) type.nodeName = decodedText(type.nodeName, faults)
  if (type instanceof Y.XmlHook) type.hookName = decodedText(type.hookName, faults)
}

function describe({ isUnencodable, isUnreadable, isHalfPair }: CopyFaults): string {
  return [
    isUnencodable &&
      `null in place of a value that Yjs cannot encode: an object that contains itself or is nested deeper than ${maxDepth} levels, a key '__proto__', a bigint of more than 64 bits, or an embed or attribute that is not JSON`,
    isUnreadable && 'an empty object or undefined in place of a Date, Map or function',
    isHalfPair && 'U+FFFD in place of half of a surrogate pair: cut texts at whole characters',
  ]
    .filter(Boolean)
    .join('; ')
}
