import { describe, expect, it } from 'vitest'
import {
  ClientRates,
  clientRetryMs,
  maxClientsAtOnce,
  maxClientsInUpdate,
  maxPublishedClients,
} from '../../../src/spaces/documents/client-rates.ts'

/** How many clients are taken, one by one. */
const taken = (take: () => boolean): number => {
  let count = 0
  while (take()) count += 1
  return count
}

describe('client rates', () => {
  it('take few new clients of one author, and then some a second', () => {
    const rates = new ClientRates()
    expect(taken(() => rates.takeOfAuthor('ada', 1, 0))).toBe(64)
    expect(taken(() => rates.takeOfAuthor('ada', 1, 10_000))).toBe(40)
    expect(rates.takeOfAuthor('bob', maxPublishedClients, 10_000)).toBe(true)
  })

  it.each([
    [0, 2_048],
    [8_192, 2_048],
    [1_000_000, 250_000],
  ])('take of one peer, in a document of %i clients, %i at once', (clients, atOnce) => {
    const rates = new ClientRates()
    expect(maxClientsAtOnce(clients)).toBe(atOnce)
    const update = maxClientsInUpdate(clients)
    expect(taken(() => rates.takeOfPeer('ada', update, clients, 0))).toBe(atOnce / update)
    expect(taken(() => rates.takeOfPeer('ada', update, clients, clientRetryMs))).toBe(1)
    expect(rates.takeOfPeer('bob', atOnce + 1, clients, 0)).toBe(false)
  })
})
