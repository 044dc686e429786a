import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Board } from './board.tsx'
import { JoinByTicket } from './join-by-ticket.tsx'
import './style.css'

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <JoinByTicket>
      <Board />
    </JoinByTicket>
  </StrictMode>,
)
