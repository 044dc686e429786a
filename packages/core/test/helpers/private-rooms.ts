/** Private rooms of the cluster of the tests. Equal names have equal secrets. */
import { mulberry32 } from '../../../../test/helpers/mulberry32.ts'
import { testTag } from '../../../../test/helpers/signed-facts.ts'
import { PrivateRoom } from '../../src/wire/private-room.ts'

const random = mulberry32(1)

export function privateRoomOf(name: string, secret = `the secret of the room ${name}`): PrivateRoom {
  return new PrivateRoom({ cluster: testTag, name, secret: Buffer.from(secret), random })
}
