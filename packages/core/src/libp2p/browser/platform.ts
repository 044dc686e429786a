/** The platform of a browser: of its pages, and of its workers, which have no document. */
import type { Platform } from '../platform.ts'
import { browserClock } from './browser-clock.ts'
import { browserKeys } from './keys.ts'
import { followPage } from './page-lifecycle.ts'

export const browser: Platform = {
  clock: browserClock,
  keys: browserKeys,
  ...('document' in globalThis && { followPage }),
}
