/** Own name: what this tab is called, the same when it is reloaded. */
const key = 'hearsay-name'

/** The demo's processes have people's names; tabs are plants. */
const names =
  'alder briar clover dogwood elder fern gorse hazel iris juniper laurel maple nettle olive poppy rowan sage thyme violet willow yarrow'.split(
    ' ',
  )

export function keptName(): string {
  const kept = sessionStorage.getItem(key)
  if (kept !== null) return kept
  const name = names[Math.floor(Math.random() * names.length)] as string
  keepName(name)
  return name
}

export function keepName(name: string): void {
  sessionStorage.setItem(key, name)
}
