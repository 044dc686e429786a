/** Past clients: updates in which each of many clients writes a little, as in a document of several years. */
import {
  createEncoder,
  toUint8Array,
  writeAny,
  writeUint8,
  writeVarString,
  writeVarUint,
} from 'lib0/encoding'

/** An update in which each of these clients sets its own key. */
export function manyClients(clients: readonly number[]): Uint8Array {
  const encoder = createEncoder()
  writeVarUint(encoder, clients.length)
  // The decoder of Yjs accepts clients in any order.
  for (const client of clients) {
    for (const part of [1, client, 0]) writeVarUint(encoder, part)
    writeUint8(encoder, 40)
    writeVarUint(encoder, 1)
    writeVarString(encoder, 'm')
    writeVarString(encoder, `k${client}`)
    writeVarUint(encoder, 1)
    writeAny(encoder, client % 100)
  }
  writeVarUint(encoder, 0)
  return toUint8Array(encoder)
}

/** An update in which each client appends one character to a text, after the character of the client before it. */
export function chainedClients(clients: readonly number[]): Uint8Array {
  const encoder = createEncoder()
  writeVarUint(encoder, clients.length)
  for (const [i, client] of clients.entries()) {
    for (const part of [1, client, 0]) writeVarUint(encoder, part)
    const before = clients[i - 1]
    if (before === undefined) {
      writeUint8(encoder, 4)
      writeVarUint(encoder, 1)
      writeVarString(encoder, 'text')
    } else {
      writeUint8(encoder, 0x84)
      writeVarUint(encoder, before)
      writeVarUint(encoder, 0)
    }
    writeVarString(encoder, 'x')
  }
  writeVarUint(encoder, 0)
  return toUint8Array(encoder)
}

/**
 * Returns `count` distinct client ids, spread over 32 bits like the ids that Yjs draws. The ids are distinct
 * because Knuth's multiplicative hash is a bijection.
 */
export function drawClients(count: number, from = 0): number[] {
  return Array.from({ length: count }, (_, i) => Math.imul(from + i + 1, 0x9e3779b1) >>> 0)
}
