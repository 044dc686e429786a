/** Repeated: scenarios that are run twice, with equal traces, where that proves something that shorter tests do not prove. */

import { size } from '../../../test/helpers/size.ts'
import { type RepeatableRun, runTwice } from '../src/index.ts'

type Runs = <Run extends RepeatableRun>(scenario: () => Run | Promise<Run>) => Promise<Run>

const runOnce: Runs = async scenario => await scenario()

/** For a scenario that takes seconds: twice only in `pnpm test:long`. Shorter scenarios of the same kind always run twice. */
export const repeated: Runs = size({ usual: runOnce, long: runTwice })

/** Once in the project of private rooms, whose shorter scenarios run twice. */
export const repeatedInOpenRooms: Runs = process.env['PRIVATE_ROOMS'] === '1' ? runOnce : runTwice
