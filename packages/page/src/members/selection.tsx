/** Selection: the member whose details the page shows. This is the tab's own member until the user selects another. */
import { useSelf } from '@hearsay/react'
import { createContext, type ReactNode, use, useMemo, useState } from 'react'

interface Selection {
  /** A member id; undefined until this tab has joined. */
  readonly selected: string | undefined
  /**
   * The user's last selection; undefined: none. Each selection is a new object, so that selecting the same member again
   * has an effect.
   */
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
