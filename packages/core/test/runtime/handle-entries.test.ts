import { describe, expect, it } from 'vitest'
import {
  countEntries,
  endApp,
  endEntry,
  firstEntry,
  markEntry,
  type Opener,
} from '../../src/runtime/handle-entries.ts'

function opened(): { handle: object; open(): void; openAs(opener: Opener): void } {
  const [handle, entries] = [{}, firstEntry()]
  countEntries(handle, entries)
  entries.app = 0
  const open = () => {
    entries.app += 1
  }
  const openAs = (opener: Opener) => {
    open()
    markEntry(handle, opener)
  }
  return { handle, open, openAs }
}

describe('a handle', () => {
  it('ends with the last view', () => {
    const { handle, openAs } = opened()
    openAs('views')
    openAs('views')
    expect([endEntry(handle, 'views'), endEntry(handle, 'views')]).toEqual([false, true])
  })

  it('does not end with the last view or component while the app has it open', () => {
    const { handle, open, openAs } = opened()
    openAs('views')
    openAs('components')
    open()
    open()
    expect(endEntry(handle, 'components')).toBe(false)
    expect(endEntry(handle, 'views')).toBe(false)
    expect(endApp(handle)).toBe('none')
  })

  it('remains if the app closes it while views or components have it open', () => {
    const { handle, open, openAs } = opened()
    open()
    openAs('views')
    openAs('components')
    expect(endApp(handle)).toBe('components')
    expect(endEntry(handle, 'components')).toBe(true)
    expect(endApp(handle)).toBe('views')
    expect(endEntry(handle, 'views')).toBe(true)
  })

  it('keeps an opening that is marked only after the app has left', () => {
    const { handle, open, openAs } = opened()
    openAs('views')
    open()
    expect(endApp(handle)).toBe('views')
    expect(markEntry(handle, 'views')).toBe(true)
    expect([endEntry(handle, 'views'), endEntry(handle, 'views')]).toEqual([false, true])
  })

  it('that was closed before an opening is marked has to be opened again', () => {
    const { handle, open } = opened()
    open()
    expect(endApp(handle)).toBe('none')
    expect(markEntry(handle, 'components')).toBe(false)
  })

  it('whose openings nobody counts ends at once', () => {
    expect([markEntry({}, 'views'), endEntry({}, 'views'), endApp({})]).toEqual([true, true, 'none'])
  })
})
