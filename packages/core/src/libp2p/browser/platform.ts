/** The platform of a browser. */
import type { Platform } from '../platform.ts'
import { followPage } from './attention.ts'
import { browserClock } from './browser-clock.ts'
import { browserKeys } from './keys.ts'

export const browser: Platform = { clock: browserClock, keys: browserKeys, followPage }
