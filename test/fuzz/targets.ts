/** Targets: everything that is fuzzed. */
import { detectorTarget } from './detector-target.ts'
import { documentTarget } from './document-target.ts'
import { grantTargets } from './grant-targets.ts'
import { inboundTargets } from './inbound-targets.ts'
import { membershipTarget } from './membership-target.ts'
import { otherTargets } from './other-targets.ts'
import { spacesTarget } from './spaces-target.ts'
import { storageTargets } from './storage-targets.ts'
import type { Target } from './target.ts'
import { wireTargets } from './wire-targets.ts'

export const targets: readonly Target[] = [
  ...wireTargets,
  ...inboundTargets,
  ...grantTargets,
  ...otherTargets,
  documentTarget,
  ...storageTargets,
  detectorTarget,
  membershipTarget,
  spacesTarget,
]
