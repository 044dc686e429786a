/** Process controls: the commands for a process of the demo. A button that is not allowed now is disabled, not hidden. */
import { type ReactNode, useState } from 'react'
import { commands, type DemoProcess, type ProcessCommand, type ProcessState } from '../contract.ts'
import { sendCommand, useDemo } from './demo-store.ts'

interface Control {
  readonly command: ProcessCommand
  readonly label: string
  readonly does: string
}

/** Two commands that undo each other share one button, which shows the command that is possible now. */
const controlRows: readonly (readonly [Control, Control?])[] = [
  [
    { command: 'freeze', label: 'Freeze', does: 'stops the process, as a laptop lid does (SIGSTOP)' },
    { command: 'thaw', label: 'Thaw', does: 'resumes the process (SIGCONT)' },
  ],
  [
    { command: 'cut', label: 'Cut off', does: 'cuts its network: it runs, and reaches no other member' },
    { command: 'heal', label: 'Heal', does: 'restores its network' },
  ],
  [
    { command: 'kill', label: 'Kill', does: 'ends the process without leaving (SIGKILL)' },
    { command: 'restart', label: 'Restart', does: 'starts it again from its storage' },
  ],
  [{ command: 'leave', label: 'Leave', does: 'makes it leave and end' }],
]

const stateText: Record<ProcessState, string> = {
  off: 'has not started',
  running: 'runs',
  frozen: 'is stopped',
  cut: 'runs, with its network cut',
  killed: 'was killed',
  left: 'has left',
}

export function ProcessControls({ process: { name, state } }: { process: DemoProcess }): ReactNode {
  const { state: demo, isServed } = useDemo()
  const [error, setError] = useState<string>()
  const isScenarioRunning = demo?.isScenarioRunning === true
  return (
    <div className="controls">
      <p className="hint" role="status">
        {error ??
          (isServed
            ? `Its process ${stateText[state]}.${isScenarioRunning ? ' The scenario is running: you can take over when it ends.' : ''}`
            : 'The demo has ended. Tabs stay connected to each other.')}
      </p>
      <div className="buttons">
        {controlRows.map(controls => {
          const possible = controls.find(control => control && isPossible(control.command, state))
          const { command, label, does } = possible ?? controls[0]
          return (
            <button
              key={controls[0].command}
              type="button"
              title={does}
              disabled={!possible || isScenarioRunning || !isServed}
              onClick={() => void sendCommand(name, command).then(setError)}
            >
              {label}
            </button>
          )
        })}
      </div>
    </div>
  )
}

const isPossible = (command: ProcessCommand, state: ProcessState): boolean =>
  (commands[command] as readonly ProcessState[]).includes(state)
