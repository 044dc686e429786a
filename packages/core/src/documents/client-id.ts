/**
 * Client id: the Yjs client id of a document, under which its replica writes. A client id is a whole number from 0 to 2^53 − 1.
 *
 * Yjs itself accepts any value. With another value, Yjs would encode content of another client, or never stop encoding.
 */
import type * as Y from 'yjs'
import { InvalidValueError } from '../api/errors.ts'
import { isCount } from '../wire/checks.ts'
import { receivedText } from '../wire/text.ts'

/**
 * Calls `changed` when the client id of a document is set: by the app, by Yjs, or because of a collision. From now on the
 * document refuses values that are no client ids with an `InvalidValueError`.
 */
export function followClientId(doc: Y.Doc, changed: () => void): void {
  let clientID = doc.clientID
  Object.defineProperty(doc, 'clientID', {
    enumerable: true,
    configurable: true,
    get: () => clientID,
    set(next: unknown) {
      if (typeof next !== 'number' || !isCount(next))
        throw new InvalidValueError(
          `clientID: ${receivedText(String(next)).slice(0, 40)} is not a whole number from 0 to ${Number.MAX_SAFE_INTEGER}`,
        )
      // Yjs would write −0 as 0.
      clientID = next + 0
      changed()
    },
  })
}
