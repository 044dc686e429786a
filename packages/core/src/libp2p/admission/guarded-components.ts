/**
 * Guarded components: the components of a libp2p node, for the parts of libp2p that relay or introduce members.
 *
 * Such a part receives streams of admitted connections only. The part learns of a relay when the connection to the relay is
 * admitted, and not from identify.
 */
import type { PeerStore } from '@libp2p/interface'
import type { Registrar } from '@libp2p/interface-internal'
import type { AdmissionGate } from './admission-gate.ts'

interface Components {
  readonly registrar: Registrar
  /** Needed by a part that looks for relays. */
  readonly peerStore?: PeerStore
}

export function guardedComponents<T extends Components>(components: T, gate: AdmissionGate): T {
  const { registrar, peerStore } = components
  const guarded: Partial<Registrar> = {
    handle: (protocol, handler, options) => registrar.handle(protocol, gate.guarded(handler), options),
    // The only topology of these parts is the one that finds relays.
    async register(protocol, { onConnect }) {
      gate.followRelays(connection => {
        const { remotePeer } = connection
        const known = peerStore?.merge(remotePeer, { protocols: [protocol] })
        known?.then(() => onConnect?.(remotePeer, connection)).catch(() => {})
      })
      return protocol
    },
    unregister() {},
  }
  return replaced(components, { registrar: replaced(registrar, guarded) } as Partial<T>)
}

/** The object with these properties instead of its own. */
function replaced<T extends object>(object: T, properties: Partial<T>): T {
  return new Proxy(object, {
    get(target, name) {
      if (Object.hasOwn(properties, name)) return Reflect.get(properties, name)
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
