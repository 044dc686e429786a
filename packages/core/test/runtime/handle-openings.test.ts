import { describe, expect, it } from 'vitest'
import {
  countOpenings,
  endAppOpenings,
  endOpening,
  firstOpening,
  markOpening,
  type Opener,
} from '../../src/runtime/handle-openings.ts'

function opened(): { handle: object; open(): void; openAs(opener: Opener): void } {
  const [handle, openings] = [{}, firstOpening()]
  countOpenings(handle, openings)
  openings.app = 0
  const open = () => {
    openings.app += 1
  }
  const openAs = (opener: Opener) => {
    open()
    markOpening(handle, opener)
  }
  return { handle, open, openAs }
}

describe('a handle', () => {
  it('ends with the last view', () => {
    const { handle, openAs } = opened()
    openAs('views')
    openAs('views')
    expect([endOpening(handle, 'views'), endOpening(handle, 'views')]).toEqual([false, true])
  })

  it('does not end with the last view or component while the app has it open', () => {
    const { handle, open, openAs } = opened()
    openAs('views')
    openAs('components')
    open()
    open()
    expect(endOpening(handle, 'components')).toBe(false)
    expect(endOpening(handle, 'views')).toBe(false)
    expect(endAppOpenings(handle)).toBe('none')
  })

  it('remains if the app closes it while views or components have it open', () => {
    const { handle, open, openAs } = opened()
    open()
    openAs('views')
    openAs('components')
    expect(endAppOpenings(handle)).toBe('components')
    expect(endOpening(handle, 'components')).toBe(true)
    expect(endAppOpenings(handle)).toBe('views')
    expect(endOpening(handle, 'views')).toBe(true)
  })

  it('keeps an opening that is marked only after the app has left', () => {
    const { handle, open, openAs } = opened()
    openAs('views')
    open()
    expect(endAppOpenings(handle)).toBe('views')
    expect(markOpening(handle, 'views')).toBe(true)
    expect([endOpening(handle, 'views'), endOpening(handle, 'views')]).toEqual([false, true])
  })

  it('that was closed before an opening is marked has to be opened again', () => {
    const { handle, open } = opened()
    open()
    expect(endAppOpenings(handle)).toBe('none')
    expect(markOpening(handle, 'components')).toBe(false)
  })

  it('whose openings nobody counts ends at once', () => {
    expect([markOpening({}, 'views'), endOpening({}, 'views'), endAppOpenings({})]).toEqual([
      true,
      true,
      'none',
    ])
  })
})
