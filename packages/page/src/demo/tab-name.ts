/** Tab name: the member name of this tab, which a reload keeps. */
import { readLocal, writeLocal } from '../shell/local-storage.ts'

const key = 'hearsay-name'

/** The demo's processes have names of people; tabs have names of plants. */
const plants =
  'alder briar clover dogwood elder fern gorse hazel iris juniper laurel maple nettle olive poppy rowan sage thyme violet willow yarrow'.split(
    ' ',
  )

export function storedName(): string {
  return readLocal('tab', key) ?? randomName([])
}

export function storeName(name: string): void {
  writeLocal('tab', key, name)
}

/** A random plant that is not in use, if there is one. */
export function randomName(used: readonly string[]): string {
  const free = plants.filter(plant => !used.includes(plant))
  const from = free.length > 0 ? free : plants
  const name = from[Math.floor(Math.random() * from.length)] as string
  storeName(name)
  return name
}

/** Whether the tab chose the name by itself, so that it may replace the name. */
export const isRandomName = (name: string): boolean => plants.includes(name)
