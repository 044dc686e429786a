/**
 * Found schedules: random search found them, and a cluster did not survive them. The causes are fixed, and a cluster must
 * survive each of them from now on.
 */
import { expect, it } from 'vitest'
import { runSchedule, type Schedule } from '../src/index.ts'

const found: readonly { readonly title: string; readonly schedule: Schedule }[] = [
  {
    title:
      'a suspended member whose silence since its last heartbeat counted on into the incarnation in which it refuted',
    schedule: {
      seed: 16,
      members: 16,
      faults: [{ atMs: 112_172, fault: { type: 'sleep', member: 'm0', monotonicStops: false, ms: 130_335 } }],
    },
  },
  {
    title: 'a suspended member whose neighbours continued with connections on which TCP rarely retransmitted',
    schedule: {
      seed: 20,
      members: 9,
      faults: [{ atMs: 108_972, fault: { type: 'sleep', member: 'm8', monotonicStops: false, ms: 335_324 } }],
    },
  },
  {
    title: 'a member that started again elsewhere while the bootstrap of all members was suspended',
    schedule: {
      seed: 1798,
      members: 7,
      faults: [
        { atMs: 14_904, fault: { type: 'sleep', member: 'm0', monotonicStops: true, ms: 543_119 } },
        {
          atMs: 174_367,
          fault: {
            type: 'crash',
            member: 'm6',
            powerLoss: false,
            keepStorage: true,
            newAddress: true,
            ms: 291,
          },
        },
      ],
    },
  },
]

it.each(found)('survives $title', async ({ schedule }) => {
  const outcome = await runSchedule(schedule)
  expect(outcome).toMatchObject({ type: 'survived' })
  expect(await runSchedule(schedule)).toEqual(outcome)
})
