/** Node figures: what only the platform of a member's own node knows. */
import type { HostHealth } from '../handles/health-store.ts'

/** Returns the part of the health that depends on the node's transports and discovery. */
export type NodeHealth = () => Pick<HostHealth, 'localDiscoveryError' | 'droppedConnections' | 'problems'>

/** What is read when the metrics are collected. */
export interface NodeFigures {
  /** Only of a relay. */
  readonly relay?: { readonly maxReservations: number; reservations(): number }
  /** The size of the store's files. Only if there are any. */
  readonly storageBytes?: () => Promise<number>
}
