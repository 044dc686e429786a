// @vitest-environment happy-dom
/** The recipe for joining by a ticket, as the README prints it. */
import { readFileSync } from 'node:fs'
import { type Cluster, type decodeTicket, InvalidOptionsError, joinCluster } from '@hearsay/core'
import { createSimulation } from '@hearsay/simulator'
import { act, configure, fireEvent, render, screen } from '@testing-library/react'
import { StrictMode } from 'react'
import { beforeEach, expect, it, vi } from 'vitest'
import { useSelf } from '../src/index.ts'
import { JoinByTicket } from './recipes/join-by-ticket.tsx'
import { settle } from './rendered-cluster.tsx'

// The default, one second, would measure the machine.
configure({ asyncUtilTimeout: 20_000 })

vi.mock('@hearsay/core', async original => {
  const core = await original<{ decodeTicket: typeof decodeTicket }>()
  return {
    ...core,
    joinCluster: vi.fn(),
    decodeTicket: (text: string) => (text.includes('good') ? {} : core.decodeTicket(text)),
  }
})

const join = vi.mocked(joinCluster)
const ticket = 'hearsay1.good'
const link = `http://localhost:3000/app?a=1#hearsay=${ticket}`

let cluster: Cluster

beforeEach(() => {
  localStorage.clear()
  history.replaceState(null, '', '/app?a=1')
  ;({ cluster } = createSimulation({ seed: 1, members: 3, start: 'warm' }).member('m0'))
  cluster.leave = async () => {}
  join.mockReset().mockImplementation(async () => cluster)
})

const Name = () => <p>joined as {useSelf(({ name, roles }) => `${name} [${roles.join()}]`)}</p>

async function show(): Promise<void> {
  render(
    <StrictMode>
      <JoinByTicket>
        <Name />
      </JoinByTicket>
    </StrictMode>,
  )
  await settle()
}

async function paste(text: string): Promise<void> {
  fireEvent.change(screen.getByRole('textbox'), { target: { value: text } })
  fireEvent.submit(screen.getByRole('button', { name: 'Join' }).closest('form') as HTMLFormElement)
  await settle()
}

it('is printed in the README', () => {
  // The imports differ: of the package there, of its source here.
  const [readme, recipe] = ['../README.md', './recipes/join-by-ticket.tsx'].map(path =>
    readFileSync(new URL(path, import.meta.url), 'utf8').replaceAll(/^import .*\n/gm, ''),
  )
  expect(readme).toContain(recipe)
})

it('joins with the ticket of the address, which it removes from there', async () => {
  history.replaceState(null, '', link)
  await show()
  expect(join.mock.calls).toEqual([[{ ticket: link, storage: 'atlas' }]])
  expect(location.href).toBe('http://localhost:3000/app?a=1')
  await screen.findByText('joined as m0 []')
})

it('joins with the ticket of the last visit', async () => {
  localStorage.setItem('ticket', ticket)
  await show()
  expect(join.mock.calls[0]?.[0]).toMatchObject({ ticket })
})

it('asks for a ticket, and says in words why a text is no ticket', async () => {
  await show()
  await paste('good morning'.slice(5))
  expect(screen.getByRole('alert').textContent).toContain('this is not a ticket')
  expect(join).not.toHaveBeenCalled()
  await paste(` ${ticket} `)
  expect(join).toHaveBeenCalledTimes(1)
  await screen.findByText('joined as m0 []')
})

it('shows that it joins', async () => {
  join.mockImplementation(() => new Promise(() => {}))
  localStorage.setItem('ticket', ticket)
  await show()
  expect(screen.getByRole('status').textContent).toBe('Joining …')
})

it('shows why joining failed, and tries again', async () => {
  join.mockRejectedValueOnce(new InvalidOptionsError('ticket: it expired'))
  localStorage.setItem('ticket', ticket)
  await show()
  expect(screen.getByRole('alert').textContent).toBe('ticket: it expired')
  fireEvent.click(screen.getByRole('button', { name: 'Try again' }))
  await settle()
  await screen.findByText('joined as m0 []')
})

it('forgets a ticket that is of no use', async () => {
  join.mockRejectedValueOnce(new InvalidOptionsError('ticket: it expired'))
  localStorage.setItem('ticket', ticket)
  await show()
  fireEvent.click(screen.getByRole('button', { name: 'Use another ticket' }))
  await screen.findByRole('button', { name: 'Join' })
  expect(localStorage.getItem('ticket')).toBeNull()
})

it('takes a link that is pasted into the address bar later', async () => {
  await show()
  history.replaceState(null, '', link)
  await act(async () => void window.dispatchEvent(new Event('hashchange')))
  await settle()
  expect(join.mock.calls[0]?.[0]).toMatchObject({ ticket: link })
})
