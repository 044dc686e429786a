/**
 * Collector: stands in for Vitest where the contract is bundled for a page. It collects the tests, which the test in Node then
 * runs one after the other. The assertions are Vitest's own.
 */
export { expect } from 'vitest'

type Act = () => unknown

/** Name → test, in their order. */
export const tests: Map<string, Act> = new Map()
export const before: Act[] = []
export const after: Act[] = []

export const describe = (_name: string, define: Act): unknown => define()
export const it = (name: string, act: Act): unknown => tests.set(name, act)
export const beforeAll = (act: Act): unknown => before.push(act)
export const afterAll = (act: Act): unknown => after.push(act)
