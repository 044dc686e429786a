/**
 * Judgement: what a fact means before its signature was looked at.
 *
 * `old` is known or overtaken; `refused` breaks a rule of its space and changes nothing, whoever relays it; only
 * `news` is worth the look.
 */
export type Judgement = 'news' | 'old' | 'refused'
