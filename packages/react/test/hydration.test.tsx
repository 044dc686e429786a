// @vitest-environment happy-dom
import { createSimulation } from '@hearsay/simulator'
import { render } from '@testing-library/react'
import { renderToString } from 'react-dom/server'
import { expect, it, vi } from 'vitest'
import * as main from '../src/index.ts'
import * as suspense from '../src/suspense.ts'
import { settle } from './rendered-cluster.tsx'

const { cluster } = createSimulation({ seed: 1, members: 3, start: 'warm' }).member('m0')

const MainCount = () => main.useMembers(members => members.length)
const SuspenseCount = () => suspense.useMembers(members => members.length)

const pages = {
  main: (
    <main.ClusterProvider cluster={cluster}>
      <MainCount />
    </main.ClusterProvider>
  ),
  suspense: (
    <suspense.ClusterProvider cluster={cluster}>
      <SuspenseCount />
    </suspense.ClusterProvider>
  ),
}

it.each([
  ['main', '0'],
  ['suspense', ''],
] as const)('a page of the %s entry point hydrates what the server rendered', async (entry, shown) => {
  // React 18 warns about layout effects here, because this "server" has a document.
  const warned = vi.spyOn(console, 'error').mockImplementation(() => {})
  const container = document.createElement('div')
  container.innerHTML = renderToString(pages[entry])
  warned.mockRestore()
  expect(container.textContent).toBe(shown)
  document.body.append(container)
  const errors: unknown[] = []
  render(pages[entry], { container, hydrate: true, onRecoverableError: error => errors.push(error) })
  await settle(() => container.textContent === '3')
  expect(errors).toEqual([])
})
