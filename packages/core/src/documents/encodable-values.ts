/**
 * Encodable values: replaces values that Yjs cannot encode by null, before an observer sees them.
 *
 * Yjs accepts any value, and throws only when it encodes the value. Until then the value is in the document, and each attempt to
 * send or store the document fails.
 */
import * as Y from 'yjs'
import { InvalidValueError } from '../api/errors.ts'
import { reportAppError } from '../runtime/app-calls.ts'
import { changedClients } from '../spaces/documents/changed-clients.ts'

/** Our choice: far below the depth at which encoding or decoding overflows the stack. */
const maxDepth = 1_000

/** Replaces such values in each local transaction of the document, and reports an error. Call it before other observers. */
export function replaceUnencodable(doc: Y.Doc): void {
  doc.on('beforeObserverCalls', transaction => {
    // The content of an update was decoded, so it can be encoded.
    if (!transaction.local) return
    let isAny = false
    for (const item of newItems(transaction)) if (replaceIn(item.content)) isAny = true
    if (isAny)
      reportAppError(
        new InvalidValueError(
          `the document has null in place of a value that Yjs cannot encode: an object that contains itself or is nested deeper than ${maxDepth} levels, a key '__proto__', a bigint of more than 64 bits, or an embed or attribute that is not JSON`,
        ),
      )
  })
}

function* newItems(transaction: Y.Transaction): Generator<Y.Item> {
  const { clients } = transaction.doc.store
  for (const { client, before } of changedClients(transaction)) {
    const structs = clients.get(client) ?? []
    for (let i = Y.findIndexSS(structs, before); i < structs.length; i++) {
      const struct = structs[i]
      if (struct instanceof Y.Item) yield struct
    }
  }
}

/** @returns whether anything was replaced */
function replaceIn(content: Y.Item['content']): boolean {
  if (content instanceof Y.ContentAny) {
    const { arr } = content
    let isAny = false
    for (let i = 0; i < arr.length; i++) {
      if (isEncodable(arr[i], [])) continue
      arr[i] = null
      isAny = true
    }
    return isAny
  }
  if (content instanceof Y.ContentEmbed && !isJson(content.embed)) return Reflect.set(content, 'embed', null)
  if (content instanceof Y.ContentFormat && !isJson(content.value)) return Reflect.set(content, 'value', null)
  if (content instanceof Y.ContentDoc && !isEncodable(content.opts, []))
    return Reflect.set(content, 'opts', {})
  return false
}

/** Whether all members read an equal value. @param above the objects that contain this value */
function isEncodable(value: unknown, above: object[]): boolean {
  if (typeof value === 'bigint') return BigInt.asIntN(64, value) === value
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return true
  if (above.length >= maxDepth || above.includes(value)) return false
  above.push(value)
  const isWhole = Array.isArray(value)
    ? value.every(each => isEncodable(each, above))
    : Object.entries(value).every(([key, each]) => key !== '__proto__' && isEncodable(each, above))
  above.pop()
  return isWhole
}

function isJson(value: unknown): boolean {
  try {
    return JSON.stringify(value) !== undefined
  } catch {
    return false
  }
}
