/**
 * Judgement: what a fact means before its signature was looked at.
 *
 * `stale` is known or overtaken; `rejected` breaks a rule of its space and changes nothing, whoever relays it; only
 * `new` is worth the look.
 */
export type Admission = 'new' | 'stale' | 'rejected'
