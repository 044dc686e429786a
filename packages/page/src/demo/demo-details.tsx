/** Demo details: the details of a member, with the commands for its process. */
import type { ReactNode } from 'react'
import { MemberDetails } from '../members/member-details.tsx'
import { ProcessControls } from './process-controls.tsx'

export const DemoDetails = (): ReactNode => (
  <MemberDetails
    after={({ id, isSelf, process }) =>
      process ? (
        <ProcessControls key={id} process={process} />
      ) : (
        <p className="hint">
          {isSelf
            ? 'This tab is a member like any other. When you close it, it leaves at once for all members. Select a process to freeze it, to cut its network or to kill it.'
            : 'A browser tab: its user can close it.'}
        </p>
      )
    }
  />
)
