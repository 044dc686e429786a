/**
 * Network: hosts on one switch, each a network namespace of this machine, with its own links, addresses and routes.
 *
 * The network is invisible outside: the switch has a namespace as well, so neither the machine's addresses nor its
 * firewall matter. It is removed when its test ends; the next run removes what a killed run left.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { type Child, startChild } from '../processes/process.ts'

/** Namespaces that exist now, newest last. */
const namespaces: string[] = []
let count = 0

process.on('exit', () => {
  for (const name of namespaces.splice(0)) removeNamespace(name)
})

/** Why networks cannot be created here: no root, or a missing tool. Undefined if they can. */
export function whyNoNetworks(): string | undefined {
  if (process.platform !== 'linux') return 'they need Linux'
  if (process.getuid?.() !== 0) return 'they need root'
  try {
    removeLeftovers()
    const name = addNamespace()
    run('ip', '-n', name, 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'port0')
    inside(name, 'iptables', ...dropRule('INPUT', '10.9.0.1', 0.5))
    inside(name, 'iptables', ...masqueradeRule)
    drop(name)
    return undefined
  } catch (error) {
    const reason = error instanceof Error ? error.message.trim().split('\n').at(-1) : error
    return `they need ip (iproute2) and iptables, and the right to make network namespaces: ${reason}`
  }
}

export class Network {
  readonly #switch = addNamespace()
  readonly #names: string[] = [this.#switch]
  #ports = 0

  /** @param onEnd called with a function that removes the network and its programs: a test's `onTestFinished` */
  constructor(onEnd: (remove: () => void) => void) {
    onEnd(() => {
      for (const name of this.#names.splice(0)) drop(name)
    })
    run('ip', '-n', this.#switch, 'link', 'add', 'switch', 'type', 'bridge')
    run('ip', '-n', this.#switch, 'link', 'set', 'switch', 'up')
  }

  /** Hosts that reach each other at 10.9.0.1, 10.9.0.2 and so on. */
  hosts(howMany: number): Host[] {
    return Array.from({ length: howMany }, () => {
      const host = this.#host()
      this.#plugIn(host, 'eth0')
      host.addAddress(`10.9.0.${this.#ports}`)
      return host
    })
  }

  /** A host at 192.168.1.2 behind a NAT: it reaches the others, and they reach only the router. */
  hostBehindNat(): Host {
    const [router] = this.hosts(1) as [Host]
    const host = this.#host()
    run('ip', '-n', router.name, 'link', 'add', 'inside', 'type', 'veth', 'peer', 'eth0', 'netns', host.name)
    router.ip('address', 'add', '192.168.1.1/24', 'dev', 'inside')
    router.ip('link', 'set', 'inside', 'up')
    router.run('sysctl', '-qw', 'net.ipv4.ip_forward=1')
    router.run('iptables', ...masqueradeRule)
    host.ip('link', 'set', 'eth0', 'up')
    host.ip('address', 'add', '192.168.1.2/24', 'dev', 'eth0')
    host.ip('route', 'add', 'default', 'via', '192.168.1.1')
    return host
  }

  /** A host that has only loopback until it is plugged in. */
  unpluggedHost(): Host {
    return this.#host()
  }

  plugIn(host: Host, address: string): void {
    this.#plugIn(host, 'eth0')
    host.addAddress(address)
  }

  #host(): Host {
    const name = addNamespace()
    this.#names.push(name)
    run('ip', '-n', name, 'link', 'set', 'lo', 'up')
    return new Host(name)
  }

  #plugIn(host: Host, link: string): void {
    const port = `port${++this.#ports}`
    run('ip', '-n', this.#switch, 'link', 'add', port, 'type', 'veth', 'peer', link, 'netns', host.name)
    run('ip', '-n', this.#switch, 'link', 'set', port, 'master', 'switch', 'up')
    host.ip('link', 'set', link, 'up')
  }
}

export class Host {
  /** The name of its namespace. */
  readonly name: string
  /** The first of its addresses. */
  address = ''
  readonly #children: Child[] = []

  constructor(name: string) {
    this.name = name
  }

  ip(...args: string[]): void {
    run('ip', '-n', this.name, ...args)
  }

  run(program: string, ...args: string[]): void {
    inside(this.name, program, ...args)
  }

  /** Runs a program on this host until the program or the network ends. */
  start(program: string, args: readonly string[], onLine: (line: string) => void): Child {
    const child = startChild('ip', ['netns', 'exec', this.name, program, ...args], onLine)
    this.#children.push(child)
    return child
  }

  addAddress(address: string): void {
    this.ip('address', 'add', `${address}/24`, 'dev', 'eth0')
    if (this.address === '') this.address = address
  }

  /** Replaces its address. */
  moveTo(address: string): void {
    this.ip('address', 'flush', 'dev', 'eth0')
    this.address = ''
    this.addAddress(address)
  }

  /** Adds a bridge like that of a container engine, which has the same address on many machines. */
  addContainerBridge(address: string): void {
    this.ip('link', 'add', 'docker0', 'type', 'bridge')
    this.ip('address', 'add', `${address}/16`, 'dev', 'docker0')
    this.ip('link', 'set', 'docker0', 'up')
  }

  /** Sets the name server for programs that are started from now on. */
  useNameServer(address: string): void {
    mkdirSync(configOf(this.name), { recursive: true })
    writeFileSync(`${configOf(this.name)}/resolv.conf`, `nameserver ${address}\n`)
  }

  /** Sets the hosts file for programs that are started from now on: the name resolves to these addresses, in this order. */
  useHostsFile(name: string, addresses: readonly string[]): void {
    mkdirSync(configOf(this.name), { recursive: true })
    const lines = ['127.0.0.1 localhost', ...addresses.map(address => `${address} ${name}`)]
    writeFileSync(`${configOf(this.name)}/hosts`, `${lines.join('\n')}\n`)
  }

  setLink(state: 'up' | 'down'): void {
    this.ip('link', 'set', 'eth0', state)
  }

  unplug(): void {
    this.ip('link', 'delete', 'eth0')
  }

  /** Makes each attempt to send to this address fail at once. */
  makeUnreachable(address: string): void {
    this.ip('route', 'add', 'unreachable', address)
  }

  /** From now on this host loses packets from this address. */
  lose(from: string, probability = 1): void {
    this.run('iptables', ...dropRule('INPUT', from, probability))
  }

  /**
   * Loses all packets of the connections that are open now, in both directions, as behind a firewall or a NAT that
   * restarted. Others can be opened.
   */
  forgetConnections(): void {
    const connections = inside(this.name, 'ss', '-Htn', 'state', 'established').trim().split('\n')
    for (const connection of connections) {
      const [local, remote] = connection.trim().split(/\s+/).slice(2)
      const [port, remotePort] = [local, remote].map(end => `${end?.split(':').at(-1)}`) as [string, string]
      const tcp = ['-p', 'tcp']
      this.run('iptables', '-A', 'INPUT', ...tcp, '--dport', port, '--sport', remotePort, '-j', 'DROP')
      this.run('iptables', '-A', 'OUTPUT', ...tcp, '--sport', port, '--dport', remotePort, '-j', 'DROP')
    }
  }

  addIpv6Address(address: string): void {
    this.run('sysctl', '-qw', 'net.ipv6.conf.eth0.disable_ipv6=0')
    this.ip('address', 'add', `${address}/64`, 'dev', 'eth0', 'nodad')
  }

  /** From now on this host loses all packets of IPv4. */
  loseIpv4(): void {
    this.run('iptables', '-A', 'INPUT', '-i', 'eth0', '-j', 'DROP')
  }

  loseNothing(): void {
    this.run('iptables', '-F', 'INPUT')
  }
}

const masqueradeRule = ['-t', 'nat', '-A', 'POSTROUTING', '-o', 'eth0', '-j', 'MASQUERADE']

function dropRule(chain: string, from: string, probability: number): string[] {
  const chance = ['-m', 'statistic', '--mode', 'random', '--probability', `${probability}`]
  return ['-A', chain, '-s', from, ...(probability < 1 ? chance : []), '-j', 'DROP']
}

/** The files that `ip netns exec` uses instead of those in /etc. */
const configOf = (name: string): string => `/etc/netns/${name}`

/** Names contain the id of the process that created them. */
const prefix = 'hearsay-'

function addNamespace(): string {
  const name = `${prefix}${process.pid}-${++count}`
  run('ip', 'netns', 'add', name)
  namespaces.push(name)
  return name
}

function drop(name: string): void {
  const index = namespaces.indexOf(name)
  if (index < 0) return
  namespaces.splice(index, 1)
  removeNamespace(name)
}

/** Removes the namespace together with its links and their other ends. */
function removeNamespace(name: string): void {
  try {
    const pids = run('ip', 'netns', 'pids', name)
    for (const pid of pids.split('\n').filter(Boolean)) process.kill(Number(pid), 'SIGKILL')
    rmSync(configOf(name), { recursive: true, force: true })
    run('ip', 'netns', 'delete', name)
  } catch {
    // The namespace is removed already, or disappears with the machine.
  }
}

function removeLeftovers(): void {
  for (const line of run('ip', 'netns', 'list').split('\n')) {
    const [name = ''] = line.split(' ')
    if (name.startsWith(prefix) && !isRunning(Number(name.split('-')[1]))) removeNamespace(name)
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

function inside(name: string, program: string, ...args: string[]): string {
  return run('ip', 'netns', 'exec', name, program, ...args)
}

function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}
