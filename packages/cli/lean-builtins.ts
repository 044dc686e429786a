/**
 * Lean built-ins: what the bundle of the CLI loads of Node's HTTP and of prom-client.
 *
 * An `import` of `node:http` reads all its exports, also `WebSocket`, which loads undici, HTTP/2 and TLS: 8 MB of memory in
 * Node 24, of which 5 MB are not shared with other processes. `process.getBuiltinModule` reads none of them: 0.8 MB.
 * prom-client requires HTTPS for a push gateway, and OpenTelemetry for exemplars; hearsay uses neither.
 */
import type { Plugin } from 'rolldown'

const virtual = '\0lean:'

const sources: Readonly<Record<string, string>> = {
  http: `const http = process.getBuiltinModule('node:http')
export default http
export const { Agent, ClientRequest, IncomingMessage, METHODS, OutgoingMessage, STATUS_CODES, Server, ServerResponse } = http
export const { createServer, get, globalAgent, maxHeaderSize, request } = http`,
  pushgateway: 'export default class {}',
  opentelemetry: `export const trace = { getSpan() {} }
export const context = { active() {} }`,
}

function sourceOf(id: string, importer: string | undefined, kind: string): string | undefined {
  // `require` reads no exports.
  if ((id === 'node:http' || id === 'http') && kind !== 'require-call') return 'http'
  if (!importer?.includes('/prom-client/')) return undefined
  if (id === './lib/pushgateway') return 'pushgateway'
  return id === '@opentelemetry/api' ? 'opentelemetry' : undefined
}

export const leanBuiltins: Plugin = {
  name: 'lean-builtins',
  resolveId(id, importer, { kind }) {
    const source = sourceOf(id, importer, kind)
    return source === undefined ? undefined : virtual + source
  },
  load: id => (id.startsWith(virtual) ? sources[id.slice(virtual.length)] : undefined),
}
