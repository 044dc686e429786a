/** axe: what a page does that keeps people from using it. */
import axe from 'axe-core'
import type { Page } from 'playwright-core'

/** @returns the faults, each with the elements that have it; none: an empty list */
export async function faultsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  return await page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run()
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
  })
}
