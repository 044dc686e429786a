/** axe: what a page does that keeps people from using it. */
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const script = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

/** @returns the faults, each with the elements that have it; none: an empty list */
export async function faultsOf(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: script })
  return await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }
    }
    const { violations } = await axe.run()
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
  })
}
