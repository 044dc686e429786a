/** Own name: what this tab is called; the same when it is reloaded. */
import { keep, kept } from '../shell/local-storage.ts'

const key = 'hearsay-name'

/** The demo's processes have people's names; tabs are plants. */
const plants =
  'alder briar clover dogwood elder fern gorse hazel iris juniper laurel maple nettle olive poppy rowan sage thyme violet willow yarrow'.split(
    ' ',
  )

export function keptName(): string {
  return kept('tab', key) ?? drawName([])
}

export function keepName(name: string): void {
  keep('tab', key, name)
}

/** A plant that nobody is called yet, if there is one. */
export function drawName(taken: readonly string[]): string {
  const free = plants.filter(plant => !taken.includes(plant))
  const from = free.length > 0 ? free : plants
  const name = from[Math.floor(Math.random() * from.length)] as string
  keepName(name)
  return name
}

/** It may be changed: nobody chose it. */
export const isDrawn = (name: string): boolean => plants.includes(name)
