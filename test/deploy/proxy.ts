/**
 * TLS proxy: nginx or Caddy with TLS in front of a relay, with its file from docs/deploy, on loopback.
 *
 * Besides, it serves the page of a site under two names, so that one page has the origin that the relay allows, and the other
 * has not. The certificate is made for the test.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Child, startChild } from '../processes/process.ts'
import { deployFile } from './deploy-file.ts'

export type ProxyName = 'nginx' | 'caddy'

/** The origin that the relay allows is `https://app.example.org` with the port of the proxy. */
const pages = ['app.example.org', 'other.example.org']

/** Why the tests of a proxy cannot run here; undefined if they can. */
export function whyNoProxy(name: ProxyName): string | undefined {
  for (const program of [name, 'openssl'])
    if (findProgram(program) === undefined) return `no ${program} was found`
  return undefined
}

/** Debian has nginx in /usr/sbin, which is not on the PATH of every user. */
function findProgram(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin']
  return folders.map(folder => join(folder, name)).find(path => existsSync(path))
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise(resolve => server.close(resolve))
  return port
}

export interface ProxyOptions {
  readonly name: ProxyName
  /** The port of the relay's WebSocket. */
  readonly relayPort: number
  /** Where the page is served without TLS. */
  readonly page: string
}

export class TlsProxy {
  readonly port: number
  /** The file with the certificate, which is its own authority. */
  readonly certificate: string
  readonly #options: ProxyOptions
  readonly #folder = mkdtempSync(join(tmpdir(), 'hearsay-proxy-'))
  #child: Child | undefined

  private constructor(options: ProxyOptions, port: number) {
    this.#options = options
    this.port = port
    this.certificate = join(this.#folder, 'certificate.pem')
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-keyout', this.#path('key.pem')]
    const names = 'subjectAltName=DNS:*.example.org,DNS:localhost'
    const subject = ['-subj', '/CN=relay.example.org', '-addext', names]
    const out = ['-nodes', '-days', '2', '-out', this.certificate]
    execFileSync('openssl', ['req', '-x509', ...key, ...subject, ...out], { stdio: 'ignore' })
  }

  static async start(options: ProxyOptions): Promise<TlsProxy> {
    const proxy = new TlsProxy(options, await freePort())
    await proxy.start()
    return proxy
  }

  /** Resolves when it accepts connections. */
  async start(): Promise<void> {
    const lines: string[] = []
    const [program = '', ...args] = this.#options.name === 'nginx' ? this.#nginx() : this.#caddy()
    const child = startChild(findProgram(program) ?? program, args, line => lines.push(line))
    this.#child = child
    let hasEnded = false
    void child.exited.then(() => {
      hasEnded = true
    })
    while (!(await this.#accepts()))
      if (hasEnded) throw new Error(`${program} ended: ${lines.slice(-5).join('\n')}`)
  }

  /** Ends it, and with it all connections through it. */
  async stop(): Promise<void> {
    // Caddy would wait for the connections of its clients. nginx ends its own processes only when it is asked to.
    this.#child?.signal(this.#options.name === 'nginx' ? 'SIGTERM' : 'SIGKILL')
    await this.#child?.exited
    this.#child = undefined
  }

  async close(): Promise<void> {
    await this.stop()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async #accepts(): Promise<boolean> {
    await sleep(20)
    return await new Promise(resolve => {
      const socket = connect(this.port, '127.0.0.1')
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
      socket.once('connect', () => socket.destroy())
    })
  }

  #path(name: string): string {
    return join(this.#folder, name)
  }

  #nginx(): string[] {
    const { relayPort, page } = this.#options
    const tls = `ssl_certificate ${this.certificate}; ssl_certificate_key ${this.#path('key.pem')};`
    const listen = `listen 127.0.0.1:${this.port} ssl;`
    writeFileSync(
      this.#path('relay.conf'),
      deployFile('nginx.conf', {
        'listen 443 ssl;': listen,
        '127.0.0.1:4002': `127.0.0.1:${relayPort}`,
        '/etc/letsencrypt/live/relay.example.org/fullchain.pem': this.certificate,
        '/etc/letsencrypt/live/relay.example.org/privkey.pem': this.#path('key.pem'),
      }),
    )
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      kind => `${kind}_temp_path ${this.#path(kind)};`,
    )
    writeFileSync(
      this.#path('nginx.conf'),
      `daemon off;
      pid ${this.#path('nginx.pid')};
      error_log stderr;
      events {}
      http {
        access_log off;
        ${temporary.join('\n')}
        include ${this.#path('relay.conf')};
        server { ${listen} server_name ${pages.join(' ')}; ${tls} location / { proxy_pass ${page}; } }
      }`,
    )
    return ['nginx', '-p', this.#folder, '-c', this.#path('nginx.conf')]
  }

  #caddy(): string[] {
    const { relayPort, page } = this.#options
    const tls = `tls ${this.certificate} ${this.#path('key.pem')}\n`
    const at = (name: string) => `https://${name}:${this.port}`
    const relay = deployFile('Caddyfile', {
      'relay.example.org {': `${at('relay.example.org')}, ${at('localhost')} {\nbind 127.0.0.1\n${tls}`,
      '127.0.0.1:4002': `127.0.0.1:${relayPort}`,
    })
    const site = `${pages.map(at).join(', ')} {\nbind 127.0.0.1\n${tls}reverse_proxy ${new URL(page).host} {\nheader_up Host {upstream_hostport}\n}\n}`
    const options = `{\nadmin off\nauto_https disable_redirects\nskip_install_trust\nstorage file_system ${this.#path('caddy')}\n}`
    writeFileSync(this.#path('Caddyfile'), `${options}\n${relay}\n${site}\n`)
    return ['caddy', 'run', '--adapter', 'caddyfile', '--config', this.#path('Caddyfile')]
  }
}
