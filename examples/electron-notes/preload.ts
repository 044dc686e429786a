import '@hearsay/electron/preload'
