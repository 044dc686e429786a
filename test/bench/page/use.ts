/** Use: what an operator does with the page of a member. It runs in the page, one action a frame. */
import type { Page } from 'playwright-core'

/** Scrolls the list, types a search, hides and shows a status, opens details, points at members, selects, turns the rings. */
export function use(page: Page, forSeconds: number): Promise<void> {
  return page.evaluate(async forMs => {
    const untilMs = performance.now() + forMs
    const frame = () => new Promise(requestAnimationFrame)
    const frames = async (count: number) => {
      for (let i = 0; i < count; i++) await frame()
    }
    const list = document.querySelector('.members .scroll') as HTMLElement
    const search = document.querySelector('input[type=search]') as HTMLInputElement
    const setValue = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set
    while (performance.now() < untilMs) {
      for (let i = 0; i < 40; i++) {
        list.scrollTop += 120
        await frame()
      }
      for (const button of [...list.querySelectorAll<HTMLElement>('tbody button')].slice(0, 4)) {
        button.click()
        await frames(6)
      }
      list.scrollTop = 0
      for (const text of ['m', 'm1', 'm12', 'm1', '']) {
        setValue?.call(search, text)
        search.dispatchEvent(new Event('input', { bubbles: true }))
        await frames(6)
      }
      const [, , alive] = document.querySelectorAll<HTMLElement>('.filter .chip')
      for (let i = 0; i < 2; i++) {
        alive?.click()
        await frames(6)
      }
      const drawing = document.querySelector('.stage svg') as SVGSVGElement
      const { left, top, width } = drawing.getBoundingClientRect()
      for (let i = 0; i < 60; i++) {
        const angle = (i / 60) * 2 * Math.PI
        const at = {
          bubbles: true,
          clientX: left + width * (0.5 + 0.44 * Math.cos(angle)),
          clientY: top + width * (0.5 + 0.44 * Math.sin(angle)),
        }
        drawing.dispatchEvent(new PointerEvent('pointermove', at))
        if (i % 15 === 0) drawing.dispatchEvent(new PointerEvent('pointerup', at))
        await frame()
      }
      for (const ring of document.querySelectorAll<HTMLInputElement>('.rings input')) {
        ring.click()
        await frames(6)
      }
    }
  }, forSeconds * 1_000)
}
