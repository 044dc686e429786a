/**
 * Ticket links: passes tickets in links to the app, such as `hearsay-notes://join#hearsay=…`.
 *
 * Any web page can open such a link. So this code never joins: the app asks its user first. The app receives either a ticket
 * that can be read and has not expired, or an error.
 */
import { resolve } from 'node:path'
import type { Ticket } from '@hearsay/core'
import {
  checkOptionNames,
  decodeTicket,
  InvalidOptionsError,
  reportAppError,
  reportRejection,
} from '@hearsay/core/app'
import type { LinkApp, PreventableEvent } from './electron.ts'

/** Options of `followTicketLinks`. */
export interface TicketLinkOptions {
  /**
   * The scheme of the app's links, without `:`, such as `hearsay-notes`. The system opens the links with this app from then
   * on. An installer for macOS or Linux must declare the scheme, too.
   */
  readonly protocol: string
  /**
   * Called with each link that was opened and contains a usable ticket: also the link with which the app was started.
   *
   * @param link the whole link, which `joinCluster`, `startMember` and `Cluster.renew` take as a ticket
   * @param about what the ticket says. The content is not verified: show it, and let the user decide.
   */
  readonly onTicket: (link: string, about: Ticket) => void
  /**
   * Called with the reason, in words, if a link contains no usable ticket, for example an expired one.
   *
   * @default nothing
   */
  readonly onError?: (error: Error) => void
}

/** The part of `process` of the main process that this package uses. */
export interface LinkProcess {
  /** The arguments with which the app was started. */
  readonly argv: readonly string[]
  /** The path of the program that runs. */
  readonly execPath: string
  /** Whether Electron runs an app that is not packaged. */
  readonly defaultApp?: boolean
}

const names = { protocol: true, onTicket: true, onError: true } as const
/** As RFC 3986 defines a scheme, in the lower case that systems use. */
const scheme = /^[a-z][a-z0-9+.-]*$/
const webSchemes = ['http', 'https', 'file', 'ftp', 'mailto']

/**
 * Lets the system open links with this app's scheme, and passes their tickets on. Call it once, before Electron is ready:
 * otherwise, on macOS, the app would miss the link that started it.
 *
 * @param electron Electron's modules: `import * as electron from 'electron'`
 * @returns a function that ends this; or undefined if this is a second instance of the app, which should quit. The first one
 *   receives the link.
 * @throws {InvalidOptionsError} an option is invalid
 */
export function followTicketLinks(
  { app }: { readonly app: LinkApp },
  options: TicketLinkOptions,
  from: LinkProcess = process as LinkProcess,
): (() => void) | undefined {
  checkOptions(options)
  if (!app.requestSingleInstanceLock()) return undefined
  const { protocol } = options
  register(app, protocol, from)
  const take = (link: string | undefined) => {
    // The app's functions are called after this call has returned.
    if (link !== undefined) queueMicrotask(() => handOver(link, options))
  }
  const opened = (event: PreventableEvent, url: string) => {
    if (!isLink(url, protocol)) return
    event.preventDefault()
    take(url)
  }
  const second = (_: PreventableEvent, argv: readonly string[]) => take(linkIn(argv, protocol))
  app.on('open-url', opened)
  app.on('second-instance', second)
  take(linkIn(from.argv, protocol))
  return () => {
    app.off('open-url', opened)
    app.off('second-instance', second)
  }
}

function checkOptions(options: TicketLinkOptions): void {
  checkOptionNames(
    'followTicketLinks',
    options,
    names,
    "{ protocol: 'atlas-notes', onTicket: (link, about) => … }",
  )
  const { protocol, onTicket, onError } = options
  if (typeof protocol !== 'string' || !scheme.test(protocol) || webSchemes.includes(protocol))
    throw new InvalidOptionsError(
      "followTicketLinks: protocol: give a scheme of the app's own in lower case, like 'atlas-notes'",
    )
  if (typeof onTicket !== 'function')
    throw new InvalidOptionsError('followTicketLinks: onTicket: give a function')
  if (onError !== undefined && typeof onError !== 'function')
    throw new InvalidOptionsError('followTicketLinks: onError: give a function')
}

/** An app that is not packaged runs as `electron <folder>`: the system has to start the same. */
function register(app: LinkApp, protocol: string, { argv, execPath, defaultApp }: LinkProcess): void {
  const folder = defaultApp === true ? argv[1] : undefined
  if (folder === undefined) app.setAsDefaultProtocolClient(protocol)
  else app.setAsDefaultProtocolClient(protocol, execPath, [resolve(folder)])
}

const isLink = (text: string, protocol: string): boolean => text.toLowerCase().startsWith(`${protocol}:`)

const linkIn = (argv: readonly string[], protocol: string): string | undefined =>
  argv.find(text => isLink(text, protocol))

function handOver(link: string, { onTicket, onError }: TicketLinkOptions): void {
  let about: Ticket
  try {
    about = decodeTicket(link)
  } catch (error) {
    callApp(() => onError?.(error as Error))
    return
  }
  callApp(() => onTicket(link, about))
}

function callApp(act: () => unknown): void {
  try {
    reportRejection(act())
  } catch (error) {
    reportAppError(error)
  }
}
