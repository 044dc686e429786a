import { describe, expect, it } from 'vitest'
import { adoptedKeyring, changedKeyring, type KeyringState } from '../../src/policy/keyring-state.ts'
import { keyringKey } from '../../src/wire/keyring-fact.ts'

const keyOf = (byte: number) => keyringKey(new Uint8Array(32).fill(byte), byte)
const [first, second, third] = [keyOf(1), keyOf(2), keyOf(3)]
const topics = new Uint8Array(32)
const initial: KeyringState = { version: 0, keys: [first], removed: [], topics }

/** The state after the change. @throws there is none */
function changed(
  state: KeyringState,
  change: Parameters<typeof changedKeyring>[1],
  nowMs = 1_000,
): KeyringState {
  const next = changedKeyring(state, change, nowMs)
  if (typeof next === 'string') throw new Error(next)
  return next
}

const fingerprints = ({ keys }: KeyringState) => keys.map(({ fingerprint }) => fingerprint)

describe('the state of a keyring', () => {
  it('adds a key last, makes it the primary one, and removes the old one, and keeps the topics', () => {
    const added = changed(initial, { type: 'add', key: second })
    expect(fingerprints(added)).toEqual([first.fingerprint, second.fingerprint])
    const used = changed(added, { type: 'use', fingerprint: second.fingerprint })
    expect(fingerprints(used)).toEqual([second.fingerprint, first.fingerprint])
    const removed = changed(used, { type: 'remove', fingerprint: first.fingerprint })
    expect(removed).toMatchObject({ keys: [second], removed: [first.fingerprint], topics })
  })

  it('has a greater version after each change, also if the clock was set back', () => {
    const added = changed(initial, { type: 'add', key: second }, 5_000)
    expect(added.version).toBe(5_000)
    expect(changed(added, { type: 'add', key: third }, 4_000).version).toBe(5_001)
  })

  it('has the present time as version after a change by a clock that was ahead', () => {
    const ahead = changed(initial, { type: 'add', key: second }, 40 * 86_400_000)
    expect(changed(ahead, { type: 'add', key: third }, 4_000).version).toBe(4_000)
  })

  it('refuses to remove the primary key, an unknown key, a fifth key, and a key that was removed', () => {
    const full = { ...initial, keys: [1, 2, 3, 4].map(keyOf), removed: [keyOf(9).fingerprint] }
    const refusal = (change: Parameters<typeof changedKeyring>[1]) => changedKeyring(full, change, 1)
    expect(refusal({ type: 'remove', fingerprint: first.fingerprint })).toBe('primary')
    expect(refusal({ type: 'use', fingerprint: 'ff' })).toBe('unknown')
    expect(refusal({ type: 'add', key: keyOf(5) })).toBe('full')
    expect(refusal({ type: 'add', key: keyOf(9) })).toBe('removed')
    expect(refusal({ type: 'add', key: second })).toBe('known')
  })

  it('keeps keys of the options that were not removed, after the keys that others spread', () => {
    const content = { keys: [second], removed: [first.fingerprint], topics }
    expect(adoptedKeyring(content, 7, [first, third])).toEqual({
      ...content,
      keys: [second, third],
      version: 7,
    })
  })
})
