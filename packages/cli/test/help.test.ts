/** Help, manual page and completion: all are made from the tree of commands. */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { commandsOf, fullName } from '../src/help/command-tree.ts'
import { examples } from '../src/help/examples.ts'
import { manPage } from '../src/help/man-page.ts'
import { createProgram } from '../src/program.ts'
import { bin } from './hearsay-process.ts'
import { temporaryFolder } from './temporary-folder.ts'

const program = createProgram()
const commands = commandsOf(program).filter(command => command.commands.length === 0)
const names = commands.map(fullName)

const run = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args])
  return { status, stdout: String(stdout), stderr: String(stderr) }
}

const hasShell = (shell: string) => spawnSync(shell, ['-c', 'exit 0']).status === 0

describe('the manual page', () => {
  const page = manPage(program).replaceAll('\\-', '-')

  it.each(names)('describes %s and its options', name => {
    expect(page).toContain(`.SS "hearsay ${name} `)
    const command = commands.find(each => fullName(each) === name)
    for (const { long, hidden } of command?.options ?? []) if (!hidden) expect(page).toContain(String(long))
  })

  it('is written by the build', () => {
    expect(readFileSync(new URL('../dist/hearsay.1', import.meta.url), 'utf8')).toBe(manPage(program))
  })

  it.runIf(hasShell('man'))('has no errors of roff', () => {
    const { stderr } = spawnSync('man', ['--warnings', '-E', 'UTF-8', '-l', '-'], { input: manPage(program) })
    expect(String(stderr)).toBe('')
  })
})

describe('the help', () => {
  it('has examples of each command, and of no other', () => {
    expect(Object.keys(examples).sort()).toEqual([...names].sort())
  })

  it.each(names)('has examples of %s that its own options allow', name => {
    const command = commands.find(each => fullName(each) === name)
    for (const [line] of examples[name] ?? [])
      for (const [option] of line.matchAll(/--[\w-]+/g))
        expect(command?.options.map(({ long }) => long)).toContain(option)
  })

  it('shows them', () => {
    expect(run('members', '--help').stdout).toMatch(/Examples:\n {2}hearsay members\n/)
  })
})

describe('hearsay help', () => {
  it.each(names)('prints the help of %s', name => {
    const { status, stdout } = run('help', ...name.split(' '))
    expect([status, stdout.split('\n')[0]]).toEqual([0, expect.stringContaining(`Usage: hearsay ${name} `)])
  })

  it('prints the help of the whole program, and refuses an unknown command', () => {
    expect(run('help')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('Usage: hearsay [options]'),
    })
    for (const words of [['nope'], ['config', 'nope']])
      expect(run('help', ...words)).toEqual({
        status: 2,
        stdout: '',
        stderr: `hearsay: unknown command '${words.join(' ')}'. See hearsay --help\n`,
      })
  })
})

describe('the completion', () => {
  it('completes commands, subcommands, options and their values', () => {
    const words = (...args: string[]) =>
      run('complete', '--', ...args)
        .stdout.split('\n')
        .map(line => line.split('\t')[0])
    expect(words('re')).toEqual(expect.arrayContaining(['relay', 'reachability']))
    expect(words('config', '')).toEqual(expect.arrayContaining(['get', 'set', 'watch']))
    expect(words('members', '--wa')).toEqual(expect.arrayContaining(['--watch', '--wait']))
    expect(words('join', 'atlas', '--profile', '')).toEqual(expect.arrayContaining(['local', 'lan', 'wan']))
  })

  it.each([
    ['bash', ['--norc', '-c', 'source "$0"']],
    ['zsh', ['-f', '-c', 'autoload -Uz compinit; compinit -u -D; source "$0"']],
    ['fish', ['--no-config', '-c', 'source $argv']],
  ])('prints a script that %s can read and load', (shell, load) => {
    const { status, stdout } = run('completion', shell)
    expect(status).toBe(0)
    expect(stdout).toContain('hearsay')
    if (hasShell(shell)) {
      const file = join(temporaryFolder(), 'script')
      writeFileSync(file, stdout)
      for (const options of [['-n'], load]) {
        const { status, stderr } = spawnSync(shell, [...options, file])
        expect([status, String(stderr)]).toEqual([0, ''])
      }
    }
  })

  it('runs nothing that was typed', () => {
    const { stdout } = run('completion', 'bash')
    expect(stdout).not.toMatch(/\beval\b/)
    const words = ['hearsay', 'explain', '$(echo ran >&2)', '>', '/dev/full', '`echo ran >&2`', '--js']
    const { stdout: completed, stderr } = spawnSync(
      'bash',
      [
        '-c',
        `hearsay() { "$NODE" "$BIN" "$@"; }
      compopt() { :; }
      _get_comp_words_by_ref() { words=("\${typed[@]}"); cur=\${typed[-1]}; }
      typed=("$@")
      eval "$SCRIPT"
      __hearsay_complete
      echo "\${COMPREPLY[@]}"`,
        'bash',
        ...words,
      ],
      { env: { ...process.env, NODE: process.execPath, BIN: bin, SCRIPT: stdout } },
    )
    expect(String(stderr)).toBe('')
    expect(String(completed)).toBe('--json\n')
  })

  it('names the shells that it knows', () => {
    const { status, stderr } = run('completion', 'tcsh')
    expect(status).toBe(2)
    expect(stderr).toMatch(/^hearsay: .*bash/)
  })
})
