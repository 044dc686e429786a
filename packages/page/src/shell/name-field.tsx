/** Name field: the name of this tab, which the user can change. */
import { useCluster, useMembers, useSelf } from '@hearsay/react'
import { type ReactNode, useEffect, useState } from 'react'
import { isRandomName, randomName, storeName } from '../demo/tab-name.ts'
import { isPresentStatus } from '../members/member-list.ts'
import { hueOf } from '../members/status-mark.tsx'

export function NameField(): ReactNode {
  const cluster = useCluster()
  const self = useSelf()
  const [typed, setTyped] = useState<string>()
  useUniqueName()
  const commit = () => {
    const name = typed?.trim()
    if (name) {
      cluster?.update({ name })
      storeName(name)
    }
    setTyped(undefined)
  }
  return (
    <label className="own-name">
      <i aria-hidden="true" style={{ '--hue': self ? hueOf(self.id) : 0 }} />
      <span className="hidden">Your name</span>
      <input
        value={typed ?? self?.name ?? ''}
        disabled={!self}
        maxLength={24}
        size={10}
        spellCheck={false}
        onChange={({ target }) => setTyped(target.value)}
        onBlur={commit}
        onKeyDown={({ key, currentTarget }) => key === 'Enter' && currentTarget.blur()}
      />
    </label>
  )
}

/** If two tabs have the same random name, the one with the greater id takes another. A name that a user chose stays. */
function useUniqueName(): void {
  const cluster = useCluster()
  const members = useMembers()
  useEffect(() => {
    if (!cluster) return
    const { self } = cluster
    const here = members.filter(isPresentStatus)
    if (isRandomName(self.name) && here.some(({ id, name }) => name === self.name && id < self.id))
      cluster.update({ name: randomName(here.map(({ name }) => name)) })
  }, [cluster, members])
}
