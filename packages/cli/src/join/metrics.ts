/**
 * Metrics: `hearsay join --metrics <address>` serves the metrics of its member to Prometheus.
 *
 * Only `GET /metrics` is answered. At a loopback address, including one like 127.0.1.1 to which a host name resolves, the Host
 * header must name this machine, so that no page in a browser on this machine can read the metrics by a DNS name of its own.
 */
import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, BlockList, isIP } from 'node:net'
import type { JoinOptions } from '@hearsay/core'
import { prometheusMetrics } from '@libp2p/prometheus-metrics'
import { Registry } from 'prom-client'
import { UsageError } from '../usage-error.ts'

export interface ServedMetrics {
  /** For `joinCluster`. */
  readonly metrics: NonNullable<JoinOptions['metrics']>
  readonly url: string
}

const path = '/metrics'
const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')
/**
 * Our choice: the event loop's delay is sampled every 100 ms. prom-client's default is 10 ms, which costs ten times as much.
 */
const eventLoopMonitoringPrecision = 100

/**
 * @param address `host:port`, or a port of 127.0.0.1; port 0 takes any free port
 * @throws {UsageError} the address is unusable, or in use
 */
export async function serveMetrics(address: string): Promise<ServedMetrics> {
  const { host, port } = parse(address)
  const registry = new Registry()
  const server = createServer(async (request, response) => {
    const status = isServed(request) ? statusOf(request) : 403
    if (status !== 200) response.writeHead(status).end()
    else {
      const text = await registry.metrics().catch(() => undefined)
      if (text === undefined) response.writeHead(500).end()
      else response.writeHead(200, { 'Content-Type': registry.contentType }).end(text)
    }
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', error => reject(new UsageError(`--metrics ${address}: ${reasonOf(error)}`)))
    server.listen(port, host, resolve)
  })
  const { port: served, address: bound } = server.address() as AddressInfo
  const isOpenToOthers = !isLoopback(bound)
  const isServed = ({ headers }: IncomingMessage) => isOpenToOthers || isThisMachine(headers.host, host)
  return {
    metrics: prometheusMetrics({ registry, defaultMetrics: { eventLoopMonitoringPrecision } }),
    url: `http://${host.includes(':') ? `[${host}]` : host}:${served}${path}`,
  }
}

function parse(address: string): { host: string; port: number } {
  const [, ipv6, name, port] = /^(?:(?:\[([^\]]+)\]|([^:\s]*)):)?(\d{1,5})$/.exec(address) ?? []
  if (port === undefined || Number(port) > 65_535)
    throw new UsageError(`--metrics ${address}: write it like 127.0.0.1:9464`)
  return { host: ipv6 || name || '127.0.0.1', port: Number(port) }
}

/** @param given the host that the user has named */
function isThisMachine(hostHeader: string | undefined, given: string): boolean {
  const named = (hostHeader ?? '').replace(/:\d+$/, '').replace(/^\[|\]$/g, '')
  return named === given || named === 'localhost' || isLoopback(named)
}

const isLoopback = (address: string): boolean =>
  isIP(address) !== 0 && loopback.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6')

function statusOf({ method, url = '' }: IncomingMessage): 200 | 404 | 405 {
  if (url.split('?', 1)[0] !== path) return 404
  return method === 'GET' ? 200 : 405
}

function reasonOf(error: NodeJS.ErrnoException): string {
  if (error.code === 'EADDRINUSE') return 'the port is in use. Choose another one, or 0 for any free port'
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND')
    return 'it is not an address of this computer'
  if (error.code === 'EACCES') return 'the port needs more rights. Choose a port above 1023'
  return error.message
}
