'use client'

import { useMembers, useOthers } from '@hearsay/react'

export function Here() {
  const members = useMembers(members => members.length)
  const others = useOthers(others => others.length)
  return (
    <p>
      members: {members}, others in the room: {others}
    </p>
  )
}
