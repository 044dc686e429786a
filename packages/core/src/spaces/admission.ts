/**
 * Whether a fact is worth a check of its signature. `new`: yes. `stale`: the fact is known or replaced by a newer
 * one. `rejected`: the fact breaks a rule of its space and changes nothing, whichever peer forwarded it.
 */
export type Admission = 'new' | 'stale' | 'rejected'
