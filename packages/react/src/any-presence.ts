import type { Json } from '@hearsay/core'

/** What members show in a room of which nothing else is said. */
export type AnyPresence = Record<string, Json>
