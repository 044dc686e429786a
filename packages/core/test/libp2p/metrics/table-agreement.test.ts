import { describe, expect, it } from 'vitest'
import { TableAgreement } from '../../../src/libp2p/metrics/table-agreement.ts'

describe('the table agreement', () => {
  it('is as old as the oldest difference from a connected member', () => {
    const agreement = new TableAgreement()
    expect(agreement.disagreementMs(5)).toBe(0)
    agreement.compared('bob', false, 10)
    agreement.compared('eve', false, 30)
    agreement.compared('bob', false, 40)
    expect(agreement.disagreementMs(50)).toBe(40)
    agreement.compared('bob', true, 60)
    expect(agreement.disagreementMs(60)).toBe(30)
    agreement.closed('eve')
    expect(agreement.disagreementMs(70)).toBe(0)
    expect(agreement.outcomes).toEqual({ equal: 1, different: 3 })
  })
})
