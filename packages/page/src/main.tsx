import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import './shell/page.css'
import { App } from './shell/app.tsx'

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
