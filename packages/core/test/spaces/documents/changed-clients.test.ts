import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { mulberry32 } from '../../../../../test/helpers/mulberry32.ts'
import { type ChangedClient, changedClients } from '../../../src/spaces/documents/changed-clients.ts'
import { randomEdit } from './document-edits.ts'

/** The reference: a look-up for each client. */
function lookedUp({ beforeState, afterState }: Y.Transaction): ChangedClient[] {
  return [...afterState].flatMap(([client, after]) => {
    const before = beforeState.get(client) ?? 0
    return before === after ? [] : [{ client, before, after }]
  })
}

describe('the changed clients of a transaction', () => {
  it('are those whose clocks differ, after edits, merges and transactions of observers', () => {
    for (let seed = 1; seed <= 30; seed++) {
      const random = mulberry32(seed)
      const docs = Array.from({ length: 3 }, () => new Y.Doc())
      let transactions = 0
      for (const doc of docs) {
        doc.getMap('map').observe(() => doc.getText('text').insert(0, 'x'))
        doc.on('beforeObserverCalls', transaction => {
          expect(changedClients(transaction)).toEqual(lookedUp(transaction))
        })
        doc.on('afterAllTransactions', (_, all) => {
          transactions += all.length
          for (const each of all) expect(changedClients(each)).toEqual(lookedUp(each))
        })
      }
      for (let i = 0; i < 60; i++) {
        const [one, other] = [docs[Math.floor(random() * 3)], docs[Math.floor(random() * 3)]]
        if (!one || !other) continue
        if (random() < 0.3) one.clientID = Math.floor(random() * 2 ** 32)
        if (random() < 0.7) randomEdit(one, random)
        else Y.applyUpdate(other, Y.encodeStateAsUpdate(one, Y.encodeStateVector(other)))
      }
      expect(transactions).toBeGreaterThan(50)
    }
  })

  it('do not depend on the order in which clients are listed', () => {
    const beforeState = new Map([1, 2, 3].map(client => [client, 10]))
    const afterState = new Map([
      [3, 10],
      [4, 1],
      [2, 11],
      [1, 10],
    ])
    expect(changedClients({ beforeState, afterState })).toEqual([
      { client: 4, before: 0, after: 1 },
      { client: 2, before: 10, after: 11 },
    ])
  })
})
