/** Theme button: light, dark, or the system's theme. */
import { type ReactNode, useEffect, useState } from 'react'
import { readLocal, writeLocal } from './local-storage.ts'

const themes = ['system', 'light', 'dark'] as const
type Theme = (typeof themes)[number]
const signs: Record<Theme, string> = { system: '◐', light: '○', dark: '●' }
const key = 'hearsay-theme'

export function ThemeButton(): ReactNode {
  const [theme, setTheme] = useState(storedTheme)
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme
    writeLocal('browser', key, theme)
  }, [theme])
  const next = themes[(themes.indexOf(theme) + 1) % themes.length] as Theme
  return (
    <button type="button" className="theme" title={`Theme: ${theme}`} onClick={() => setTheme(next)}>
      <span aria-hidden="true">{signs[theme]}</span>
      <span className="hidden">
        Theme: {theme}. Change to {next}
      </span>
    </button>
  )
}

function storedTheme(): Theme {
  const before = readLocal('browser', key)
  return themes.find(theme => theme === before) ?? 'system'
}
