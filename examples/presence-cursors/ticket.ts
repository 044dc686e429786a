/** Ticket: where this page gets its ticket from. It is needed at each visit, so the browser keeps it. */

const key = 'ticket'

export const storedTicket = (): string | undefined => localStorage.getItem(key) ?? undefined

export function storeTicket(ticket: string | undefined): void {
  if (ticket === undefined) localStorage.removeItem(key)
  else localStorage.setItem(key, ticket)
}

/** Removes the ticket from the address bar, so that it is neither shown nor bookmarked, and stores it. */
export function takeTicketOfAddress(): string | undefined {
  if (!location.hash.includes('hearsay=')) return undefined
  const link = location.href
  history.replaceState(history.state, '', location.pathname + location.search)
  storeTicket(link)
  return link
}

export const linkOf = (ticket: string): string => `${location.origin}${location.pathname}#hearsay=${ticket}`
