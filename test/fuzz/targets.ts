/** Targets: everything that is fuzzed. */
import { inboundTargets } from './inbound-targets.ts'
import { otherTargets } from './other-targets.ts'
import { storageTargets } from './storage-targets.ts'
import type { Target } from './target.ts'
import { wireTargets } from './wire-targets.ts'

export const targets: readonly Target[] = [...wireTargets, ...inboundTargets, ...otherTargets, ...storageTargets]
