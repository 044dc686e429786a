/**
 * Honest state: the room, the config and the document that the honest members have open during an attack. An attacker that
 * is a member knows their names and the text.
 */
export const roomName = 'room'
export const configName = 'flags'
export const documentName = 'text'
export const documentText: string = 'written by an honest member. '.repeat(4)
/** A room in which only the first member writes the document. */
export const signedRoomName = 'signed'
