/** Set-up of the tests of rooms that run once more in private rooms: each room that a test enters without options has a secret. */
import { ClusterHandle } from '@hearsay/core/host'

const { room } = ClusterHandle.prototype

ClusterHandle.prototype.room = function (
  this: ClusterHandle,
  name,
  options = { secret: `the secret of ${name}` },
) {
  return room.call(this, name, options) as ReturnType<typeof room<never>>
}
