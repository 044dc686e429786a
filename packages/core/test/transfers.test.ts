import { describe, expect, it } from 'vitest'
import { pieceBytes, Transfers } from '../src/spaces/transfers.ts'
import type { DocumentStep } from '../src/wire/space-codec.ts'

const maxBytes = 4 * pieceBytes
const updateOf = (bytes: number): Uint8Array => Uint8Array.from({ length: bytes }, (_, i) => i % 251)

/** Sends an update, and hands over whatever comes until it is there. @returns it, and how many steps that took */
function transfer(update: Uint8Array, lose: (step: number) => boolean = () => false) {
  const [sender, receiver] = [new Transfers({ maxBytes }), new Transfers({ maxBytes })]
  let step: DocumentStep | undefined = sender.send('b', 'doc', update, 0)
  for (let steps = 1; step; steps++) {
    if (step.update) return { update: step.update, steps, left: sender.size + receiver.size }
    if (!step.piece || lose(steps)) return undefined
    const received = receiver.received('a', 'doc', step.piece, steps)
    if (!received) return undefined
    if ('update' in received) return { update: received.update, steps, left: receiver.size }
    step = received.next.wanted && sender.wanted('b', 'doc', received.next.wanted, steps)
  }
  return undefined
}

describe('transfers', () => {
  it.each([
    [100, 1],
    [pieceBytes, 1],
    [pieceBytes + 1, 2],
    [3 * pieceBytes + 5, 4],
  ])('brings an update of %i bytes in %i steps', (bytes, steps) => {
    expect(transfer(updateOf(bytes))).toEqual({ update: updateOf(bytes), steps, left: 0 })
  })

  it('takes nothing that is too long', () => {
    expect(transfer(updateOf(maxBytes + 1))).toBeUndefined()
  })

  it('fetches a document of one member at a time, and of another when that one is silent for long', () => {
    const receiver = new Transfers({ maxBytes })
    const first = { transfer: 1, offset: 0, total: 2 * pieceBytes, content: updateOf(pieceBytes) }
    expect(receiver.received('a', 'doc', first, 0)).toHaveProperty('next')
    expect(receiver.received('b', 'doc', first, 1_000)).toBeUndefined()
    expect(receiver.received('b', 'other', first, 1_000)).toHaveProperty('next')
    expect(receiver.received('b', 'doc', first, 30_000)).toHaveProperty('next')
  })

  it('takes no piece out of its turn', () => {
    const receiver = new Transfers({ maxBytes })
    const piece = (offset: number) => ({
      transfer: 1,
      offset,
      total: 3 * pieceBytes,
      content: updateOf(pieceBytes),
    })
    expect(receiver.received('a', 'doc', piece(pieceBytes), 0)).toBeUndefined()
    receiver.received('a', 'doc', piece(0), 0)
    expect(receiver.received('a', 'doc', piece(2 * pieceBytes), 0)).toBeUndefined()
    expect(receiver.received('a', 'doc', { ...piece(pieceBytes), total: 99_999_999 }, 0)).toBeUndefined()
    expect(receiver.received('a', 'doc', piece(pieceBytes), 0)).toHaveProperty('next')
  })

  it('keeps nothing for who is gone', () => {
    const both = new Transfers({ maxBytes })
    both.send('b', 'doc', updateOf(2 * pieceBytes), 0)
    const content = updateOf(pieceBytes)
    both.received('b', 'doc', { transfer: 1, offset: 0, total: 2 * pieceBytes, content }, 0)
    expect(both.size).toBe(2)
    both.closed('b')
    expect(both.size).toBe(0)
  })
})
