/** Selection: the member that the details show: this tab, until the user selects another one. */
import { useSelf } from '@hearsay/react'
import { createContext, type ReactNode, use, useMemo, useState } from 'react'

interface Selection {
  /** A member id; undefined until this tab has joined. */
  readonly selected: string | undefined
  /** Undefined until the user selects a member; a new object at each selection, also of the same member. */
  readonly chosen: { readonly id: string } | undefined
  select(id: string): void
}

const Context = createContext<Selection>({
  selected: undefined,
  chosen: undefined,
  select: () => {},
})

export function SelectionProvider({ children }: { children: ReactNode }): ReactNode {
  const self = useSelf(({ id }) => id)
  const [chosen, choose] = useState<Selection['chosen']>()
  const selected = chosen?.id ?? self ?? undefined
  const selection = useMemo(
    () => ({ selected, chosen, select: (id: string) => choose({ id }) }),
    [selected, chosen],
  )
  return <Context value={selection}>{children}</Context>
}

export const useSelection = (): Selection => use(Context)
