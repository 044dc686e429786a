import { expect, it } from 'vitest'
import { RingSettling } from '../../src/overlay/ring-settling.ts'

it('rings settle 2 s after their last change, but at most 8 s after the first change since the last dials', () => {
  const settling = new RingSettling()
  expect(settling.settledAtMs).toBe(Number.NEGATIVE_INFINITY)
  settling.changed(1_000)
  expect(settling.settledAtMs).toBe(3_000)
  settling.changed(2_500)
  expect(settling.settledAtMs).toBe(4_500)
  settling.changed(8_000)
  expect(settling.settledAtMs).toBe(9_000)
  settling.dialled()
  settling.changed(9_500)
  expect(settling.settledAtMs).toBe(11_500)
})
