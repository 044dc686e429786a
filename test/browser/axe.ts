/** axe: the accessibility faults of a page. */
import axe from 'axe-core'
import type { Page } from 'playwright-core'

/** @returns the faults, each with its elements; an empty list if there are none */
export async function faultsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  return await page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run()
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
  })
}
