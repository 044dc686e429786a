import { ClusterProvider } from '@hearsay/react/suspense'
import { Here } from './here.tsx'

export default function Page() {
  return (
    <main>
      <h1>Who is here</h1>
      <Here />
      <p>{typeof ClusterProvider}</p>
    </main>
  )
}
