import { describe, expect, it } from 'vitest'
import { countEntries, endApp, endView, firstEntry, markView } from '../../src/runtime/handle-entries.ts'

function opened(): { handle: object; open(): void; openView(): void } {
  const [handle, entries] = [{}, firstEntry()]
  countEntries(handle, entries)
  entries.count = 0
  const open = () => {
    entries.count += 1
  }
  const openView = () => {
    open()
    markView(handle)
  }
  return { handle, open, openView }
}

describe('a handle', () => {
  it('ends with the last view', () => {
    const { handle, openView } = opened()
    openView()
    openView()
    expect([endView(handle), endView(handle)]).toEqual([false, true])
  })

  it('does not end with the last view while the app has it open', () => {
    const { handle, open, openView } = opened()
    openView()
    open()
    open()
    expect(endView(handle)).toBe(false)
    expect(endApp(handle)).toBe(false)
  })

  it('remains if the app closes it while views have it open', () => {
    const { handle, open, openView } = opened()
    open()
    openView()
    expect(endApp(handle)).toBe(true)
    expect(endView(handle)).toBe(true)
  })

  it('whose openings nobody counts ends at once', () => {
    expect([endView({}), endApp({})]).toEqual([true, false])
  })
})
