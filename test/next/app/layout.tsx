import { RoomProvider } from '@hearsay/react'
import type { ReactNode } from 'react'
import { Cluster } from './cluster.tsx'

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        <Cluster>
          <RoomProvider name="design" presence={{ name: 'ada' }}>
            {children}
          </RoomProvider>
        </Cluster>
      </body>
    </html>
  )
}
