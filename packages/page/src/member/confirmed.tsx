/** Confirmed: a button that asks before it acts. The result replaces the question. */
import { type ReactNode, useState } from 'react'

export interface ConfirmedProps {
  readonly label: string
  readonly question: string
  readonly yes: string
  readonly no: string
  /** The result of the last action. */
  readonly message: string
  readonly onConfirm: () => unknown
  /** Buttons that precede this one, except while the question is shown. */
  readonly children?: ReactNode
}

export function Confirmed(props: ConfirmedProps): ReactNode {
  const { label, question, yes, no, message, onConfirm, children } = props
  const [isAsking, setAsking] = useState(false)
  return (
    <>
      <p className="hint" role="status">
        {isAsking ? question : message}
      </p>
      <div className="choices">
        {isAsking ? (
          <>
            <button
              type="button"
              onClick={() => {
                setAsking(false)
                onConfirm()
              }}
            >
              {yes}
            </button>
            <button type="button" onClick={() => setAsking(false)}>
              {no}
            </button>
          </>
        ) : (
          <>
            {children}
            <button type="button" onClick={() => setAsking(true)}>
              {label}
            </button>
          </>
        )}
      </div>
    </>
  )
}
