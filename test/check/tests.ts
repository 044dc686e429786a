/**
 * Tests: runs the tests of all projects in vitest runs, each of which writes its counts to a file.
 *
 * Tests with real sockets and processes mostly wait. Tests that compute run beside them, in a process of the lowest priority:
 * they take only the processor time that is left.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Step } from './step.ts'

export interface TestCounts {
  readonly passed: number
  readonly failed: number
}

/** vitest's line about a file whose tests have run. */
const testFileLine = /\.test\.tsx? .*\(\d+ tests?/

const folder = mkdtempSync(join(tmpdir(), 'hearsay-check-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

const countsFile = ({ title }: Pick<Step, 'title'>): string => join(folder, `${title}.json`)

/** @param projects names of projects of vitest.config.ts; `!` excludes one */
function testStep(title: string, projects: readonly string[], args: readonly string[]): Step {
  const command = [
    'vitest',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${countsFile({ title })}`,
    '--passWithNoTests',
    ...projects.map(project => `--project=${project}`),
    ...args,
  ] as [string, ...string[]]
  return { title, command, needsBuild: true, progress: testFileLine }
}

/**
 * @param args the caller's arguments: file name filters and options of vitest
 * @returns the steps; those in one array run at the same time
 */
export function testSteps(args: readonly string[]): Step[][] {
  if (args.some(arg => arg.startsWith('--project'))) return [[testStep('tests', [], args)]]
  const computing = testStep('tests that compute', ['!real', '!real, alone'], args)
  return [
    [{ ...computing, isLowPriority: true }, testStep('tests with sockets and processes', ['real'], args)],
    [testStep('tests that need the machine alone', ['real, alone'], args)],
  ]
}

/** Zero for both if vitest failed before it counted. */
export function readTestCounts(step: Pick<Step, 'title'>): TestCounts {
  try {
    const report = JSON.parse(readFileSync(countsFile(step), 'utf8'))
    return { passed: report.numPassedTests, failed: report.numFailedTests }
  } catch {
    return { passed: 0, failed: 0 }
  }
}
