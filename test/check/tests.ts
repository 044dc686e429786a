/** Tests: runs the tests of all projects in one vitest run, which writes its counts to a file. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface TestCounts {
  readonly passed: number
  readonly failed: number
}

/** vitest's line about a file whose tests have run. */
export const testFileLine = /\.test\.tsx? .*\(\d+ tests?/

const folder = mkdtempSync(join(tmpdir(), 'hearsay-check-'))
const countsFile = join(folder, 'tests.json')
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

/** @param args the caller's arguments: file name filters and options of vitest */
export function testCommand(args: readonly string[]): [string, ...string[]] {
  return [
    'vitest',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${countsFile}`,
    ...args,
  ]
}

/** Zero for both if vitest failed before it counted. */
export function readTestCounts(): TestCounts {
  try {
    const report = JSON.parse(readFileSync(countsFile, 'utf8'))
    return { passed: report.numPassedTests, failed: report.numFailedTests }
  } catch {
    return { passed: 0, failed: 0 }
  }
}
