/** Faults that keep a member from finding its cluster. */
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { TestContext } from 'vitest'
import { DiagnosedMember, type DiagnosedMemberOptions } from './diagnosed-member.ts'
import { type Fault, problemsOf, type ReadTexts } from './fault.ts'

export const secrets = ['0123456789abcdef0123456789abcdef', 'another 32 characters of a secret'] as const

export function startMember(
  { onTestFinished, onTestFailed }: TestContext,
  name: string,
  options: DiagnosedMemberOptions = {},
): DiagnosedMember {
  const member = new DiagnosedMember(name, options)
  onTestFailed(() => console.log(member.report()))
  onTestFinished(() => member.signal('SIGKILL'))
  return member
}

/** A newcomer that joins through a member, each with its options. */
function newcomerOf(first: DiagnosedMemberOptions, newcomer: DiagnosedMemberOptions): Fault['inject'] {
  return async context => {
    const bootstrap = [await startMember(context, 'ada', first).address()]
    return problemsOf(startMember(context, 'grace', { bootstrap, ...newcomer }))
  }
}

/** A member whose bootstrap address leads to this server. */
/** @param multiaddr makes the bootstrap address of the server's port */
function withBootstrap(
  server: () => Server,
  multiaddr = (port: number): string => `127.0.0.1:${port}`,
): Fault['inject'] {
  return async context => {
    const listening = server()
    const sockets = new Set<Socket>()
    listening.on('connection', socket => sockets.add(socket.on('error', () => {})))
    await new Promise<void>(resolve => listening.listen(0, '127.0.0.1', resolve))
    context.onTestFinished(() => {
      for (const socket of sockets) socket.destroy()
      listening.close()
    })
    const { port } = listening.address() as AddressInfo
    return problemsOf(startMember(context, 'grace', { bootstrap: [multiaddr(port)] }))
  }
}

/** A port at which nothing listens. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
}

async function inject(context: TestContext, options: DiagnosedMemberOptions): Promise<ReadTexts> {
  return problemsOf(startMember(context, 'grace', options))
}

export const joiningFaults: readonly Fault[] = [
  {
    name: 'another name of the cluster',
    source: 'health',
    words: 'Give both ends the same cluster name.',
    inject: newcomerOf({}, { cluster: 'diagnoses' }),
  },
  {
    name: 'wrong secret',
    source: 'health',
    words: 'Give both ends the same secret and the same cluster name.',
    inject: newcomerOf({ secret: secrets[0] }, { secret: secrets[1] }),
  },
  {
    name: 'missing secret',
    source: 'health',
    words: 'If the cluster has a secret, give it to this member.',
    inject: newcomerOf({ secret: secrets[0] }, {}),
  },
  {
    name: 'secret that the cluster does not have',
    source: 'health',
    words: 'Give both ends the same secret',
    inject: newcomerOf({}, { secret: secrets[0] }),
  },
  {
    name: 'bootstrap member not running',
    source: 'health',
    words: 'the host refuses the connection',
    inject: async context => inject(context, { bootstrap: [`127.0.0.1:${await freePort()}`] }),
  },
  {
    name: 'bootstrap address that accepts connections and sends nothing',
    source: 'health',
    words: 'nothing answers in time',
    inject: withBootstrap(() => createServer()),
  },
  {
    name: 'bootstrap address of a web server',
    source: 'health',
    words: 'what answers there is no hearsay member',
    inject: withBootstrap(() => createHttpServer((_, response) => response.end())),
  },
  {
    name: 'bootstrap WebSocket at a web server',
    source: 'health',
    words: 'a web server answers with HTTP status 302 instead of a member',
    inject: withBootstrap(
      () => createHttpServer((_, response) => response.writeHead(302, { location: '/login' }).end()),
      port => `/ip4/127.0.0.1/tcp/${port}/ws`,
    ),
  },
  {
    name: 'bootstrap address that closes connections',
    source: 'health',
    words: 'the connection is closed at once',
    inject: withBootstrap(() => createServer(socket => socket.resetAndDestroy())),
  },
  {
    name: 'bootstrap member with a new identity',
    source: 'health',
    words: 'another member answers than the one that the address names',
    async inject(context) {
      const [ada, eve] = ['ada', 'eve'].map(name => startMember(context, name)) as [
        DiagnosedMember,
        DiagnosedMember,
      ]
      const address = (await ada.address()).split('/p2p/')[0]
      return inject(context, { bootstrap: [`${address}/p2p/${await eve.id()}`] })
    },
  },
  {
    name: 'bootstrap name that does not resolve',
    source: 'health',
    words: 'the name does not exist',
    inject: context => inject(context, { bootstrap: ['/dns4/nobody.localhost.invalid/tcp/4001'] }),
  },
  {
    name: 'no address of another member',
    source: 'health',
    words: 'Give this member the address of another one as `bootstrap`',
    inject: context => inject(context, {}),
  },
]
