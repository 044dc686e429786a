/** The alerts, their runbook and the dashboard name what exists, and each alert fires when it should. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { promtool, whyNoPrometheus } from './prometheus.ts'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const rules = read('docs/operations/hearsay.rules.yml')
const dashboard = read('docs/operations/hearsay.dashboard.json')
const runbook = read('docs/runbook.md')
const tests = read('test/alerts/rules.test.yml')
const captured = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, found = '']) => found)
const alerts = captured(rules, /- alert: (\w+)/g)

/** Metric → its kind, as docs/metrics.md says, which is generated from the code. */
const kinds = new Map(
  [...read('docs/metrics.md').matchAll(/^\| `(\w+)` \| (\w+) \|/gm)].map(([, name = '', kind = '']) => [
    name,
    kind,
  ]),
)

/** Whether a series with this name exists. */
function isSeries(name: string): boolean {
  const part = /_(bucket|sum|count)$/.exec(name)?.[0]
  if (part && kinds.get(name.slice(0, -part.length)) === 'histogram') return true
  return kinds.has(name) && kinds.get(name) !== 'histogram'
}

interface Target {
  readonly expr: string
}
interface Panel {
  readonly title: string
  readonly targets?: readonly Target[]
}

const expressions = (JSON.parse(dashboard).panels as Panel[]).flatMap(({ title, targets = [] }) =>
  targets.map(({ expr }): [string, string] => [title, expr]),
)
const seriesIn = (expression: string) => captured(expression, /\b(hearsay_\w+)/g)

const reason = whyNoPrometheus()
if (reason !== undefined) console.warn(`LEFT OUT: the tests of the alerts: ${reason}.`)

describe('the alerts', () => {
  it('read series that exist', () => {
    const series = seriesIn(rules)
    expect(series.length).toBeGreaterThan(10)
    expect(series.filter(name => !isSeries(name))).toEqual([])
  })

  it('have a paragraph each in the runbook, and the runbook has no others', () => {
    expect(captured(runbook, /^## (Hearsay\w+)/gm).sort()).toEqual([...alerts].sort())
    expect(captured(rules, /runbook: docs\/runbook\.md#(\w+)/g)).toEqual(
      alerts.map(name => name.toLowerCase()),
    )
    expect(seriesIn(runbook).filter(name => !kinds.has(name))).toEqual([])
  })

  it('have a test each', () => {
    expect(alerts.filter(name => !tests.includes(`alertname="${name}"`))).toEqual([])
  })

  it.skipIf(reason !== undefined)('fire when they should, and not otherwise', () => {
    const output = execFileSync(promtool, ['test', 'rules', 'test/alerts/rules.test.yml'], {
      encoding: 'utf8',
      cwd: new URL('../..', import.meta.url),
    })
    expect(output).toContain('SUCCESS')
  })
})

describe('the dashboard', () => {
  it.each(expressions)('%s reads series that exist', (_, expression) => {
    expect(seriesIn(expression).filter(name => !isSeries(name))).toEqual([])
  })

  it.skipIf(reason !== undefined)('has expressions that Prometheus reads', () => {
    const recorded = expressions.map(([, expression], index) => ({
      record: `panel:${index}`,
      expr: expression.replaceAll('$__rate_interval', '1m').replaceAll('$job', 'atlas'),
    }))
    const folder = mkdtempSync(join(tmpdir(), 'hearsay-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const file = join(folder, 'dashboard.yml')
    // YAML contains JSON.
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'dashboard', rules: recorded }] }))
    expect(execFileSync(promtool, ['check', 'rules', file], { encoding: 'utf8' })).toContain('SUCCESS')
  })

  it('shows all metrics except a few that others imply', () => {
    const shown = new Set(expressions.flatMap(([, expression]) => seriesIn(expression)))
    const unseen = [...kinds.keys()].filter(name => ![...shown].some(each => each.startsWith(name)))
    expect(unseen).toEqual([
      'hearsay_provisional_members',
      'hearsay_identity_copied',
      'hearsay_probes_sent_total',
      'hearsay_relay_capacity_reservations',
      'hearsay_space_facts',
      'hearsay_client_id_collisions_total',
      'hearsay_verified_facts_total',
    ])
  })
})
