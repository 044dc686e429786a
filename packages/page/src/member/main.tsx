import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import '../shell/page.css'
import './member.css'
import { MemberApp } from './member-app.tsx'

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <MemberApp />
  </StrictMode>,
)
