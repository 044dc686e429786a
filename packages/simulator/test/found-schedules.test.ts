/** What random search found, and what was mended: each must be survived for ever. */
import { expect, it } from 'vitest'
import { runSchedule, type Schedule } from '../src/index.ts'

const found: readonly { readonly title: string; readonly schedule: Schedule }[] = [
  {
    title: 'a sleeper whose silence since its last beat counted on into the incarnation in which it refuted',
    schedule: {
      seed: 16,
      members: 16,
      faults: [{ atMs: 112_172, fault: { type: 'sleep', member: 'm0', monotonicStops: false, ms: 130_335 } }],
    },
  },
  {
    title: 'a sleeper whose neighbours went on with connections on which TCP hardly tried any more',
    schedule: {
      seed: 20,
      members: 9,
      faults: [{ atMs: 108_972, fault: { type: 'sleep', member: 'm8', monotonicStops: false, ms: 335_324 } }],
    },
  },
  {
    title: 'a member that started again elsewhere while everybody’s bootstrap slept',
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
