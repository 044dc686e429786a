/** Policy: the part of a policy set that the membership machine uses. A cluster without policy facts does not load the set. */
import type { PolicySet } from './policy-set.ts'

export type Policy = Pick<
  PolicySet,
  | 'size'
  | 'isUnlimited'
  | 'isWithinRate'
  | 'hash'
  | 'latest'
  | 'outcome'
  | 'merge'
  | 'restore'
  | 'stored'
  | 'registers'
  | 'sweep'
  | 'drop'
  | 'syncing'
>

/** The policy of a cluster in which no policy fact counts. */
export const noPolicy: Policy = {
  size: 0,
  isUnlimited: () => false,
  isWithinRate: () => true,
  latest: facts => facts,
  restore: () => {},
  hash: () => undefined,
  outcome: () => 'rejected',
  merge: () => 'rejected',
  stored: () => undefined,
  registers: () => [],
  sweep: () => [],
  drop: () => {},
  syncing: () => ({ offer: () => ({}), answer: () => undefined }),
}
