/** A page that is a member as soon as the test says so: what the test needs of core, on `window`. */
import { joinCluster } from '@hearsay/core'

Object.assign(window, { joinCluster })
