/** Process controls: what can be done to a process of the demo. A button that cannot be used now stays where it is. */
import { type ReactNode, useState } from 'react'
import { type DemoProcess, orders, type ProcessOrder, type ProcessState } from '../contract.ts'
import { giveOrder, useDemo } from '../demo/demo-store.ts'

interface Control {
  readonly order: ProcessOrder
  readonly label: string
  readonly does: string
}

/** Two that undo each other share a place. */
const places: readonly (readonly [Control, Control?])[] = [
  [
    { order: 'freeze', label: 'Freeze', does: 'stops the process, as a laptop lid does (SIGSTOP)' },
    { order: 'thaw', label: 'Thaw', does: 'lets the process go on (SIGCONT)' },
  ],
  [
    { order: 'cut', label: 'Cut off', does: 'pulls its network cable: it runs, and reaches nobody' },
    { order: 'heal', label: 'Heal', does: 'plugs its network cable in again' },
  ],
  [
    { order: 'kill', label: 'Kill', does: 'ends the process without a word (SIGKILL)' },
    { order: 'restart', label: 'Restart', does: 'starts it again from what it stored' },
  ],
  [{ order: 'leave', label: 'Leave', does: 'has it say goodbye, and end' }],
]

const truths: Record<ProcessState, string> = {
  off: 'has not started',
  running: 'runs',
  frozen: 'is stopped',
  cut: 'runs, cut off from the others',
  killed: 'was killed',
  left: 'has ended, with a goodbye',
}

export function ProcessControls({ process: { name, state } }: { process: DemoProcess }): ReactNode {
  const { state: demo, isServed } = useDemo()
  const [refusal, setRefusal] = useState<string>()
  const isTelling = demo?.telling === true
  return (
    <div className="controls">
      <p className="hint" role="status">
        {refusal ??
          (isServed
            ? `Its process ${truths[state]}.${isTelling ? ' The story is being told: you can take over when it ends.' : ''}`
            : 'The demo has ended. Tabs go on among themselves.')}
      </p>
      <div className="buttons">
        {places.map(place => {
          const possible = place.find(control => control && isPossible(control.order, state))
          const { order, label, does } = possible ?? place[0]
          return (
            <button
              key={place[0].order}
              type="button"
              title={does}
              disabled={!possible || isTelling || !isServed}
              onClick={() => void giveOrder(name, order).then(setRefusal)}
            >
              {label}
            </button>
          )
        })}
      </div>
    </div>
  )
}

const isPossible = (order: ProcessOrder, state: ProcessState): boolean =>
  (orders[order] as readonly ProcessState[]).includes(state)
