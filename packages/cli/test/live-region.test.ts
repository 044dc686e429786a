/** Live region: what is drawn in a narrow terminal. */
import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'

const file = new URL('../src/terminal/live-region.ts', import.meta.url).href
const hasScript = spawnSync('script', ['--version']).status === 0

describe.runIf(hasScript)('a live region', () => {
  it('cuts lines that are longer than the terminal, so that the first lines stay visible', () => {
    const program = `
      import { liveRegion } from '${file}'
      liveRegion(rows => ['title', ...Array.from({ length: rows }, (_, i) => i + 'x'.repeat(30) + '語')]).close()`
    const command = `stty cols 20 rows 6; exec ${process.execPath} --input-type=module --eval "$PROGRAM"`
    const { stdout } = spawnSync('script', ['-qec', command, '/dev/null'], {
      env: { ...process.env, PROGRAM: program },
      input: '',
    })
    const text = String(stdout)
    expect(text).toContain('title')
    expect(text).toContain(`0${'x'.repeat(18)}…`)
    expect(text).not.toContain('x'.repeat(20))
  })
})
