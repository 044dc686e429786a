/** The platform of Node. */
import type { Platform } from '../platform.ts'
import { nodeKeys } from './keys.ts'
import { onNetworkChange } from './network-change-detector.ts'
import { systemClock } from './system-clock.ts'

export const node: Platform = { clock: systemClock, keys: nodeKeys, followNetwork: onNetworkChange }
