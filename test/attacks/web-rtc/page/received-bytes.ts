/// <reference lib="dom" />
/**
 * Received bytes: everything that arrives on the WebRTC connections of this page, after DTLS, and all bytes passed to
 * `receive`. Load this module before WebRTC.
 */
const chunks: Uint8Array[] = []

export const receive = (bytes: Uint8Array): void => void chunks.push(bytes)

/** In base64. */
export function receivedBytes(): string {
  return btoa(chunks.map(chunk => Array.from(chunk, byte => String.fromCharCode(byte)).join('')).join(''))
}

function record(channel: RTCDataChannel): void {
  channel.addEventListener('message', ({ data }) => receive(new Uint8Array(data).slice()))
}

globalThis.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(configuration?: RTCConfiguration) {
    super(configuration)
    this.addEventListener('datachannel', ({ channel }) => record(channel))
  }

  override createDataChannel(label: string, init?: RTCDataChannelInit): RTCDataChannel {
    const channel = super.createDataChannel(label, init)
    record(channel)
    return channel
  }
}
