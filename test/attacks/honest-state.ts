/** Honest state: what the members share while they are attacked. An attacker that is a member knows it. */
export const roomName = 'room'
export const configName = 'flags'
export const documentName = 'text'
export const documentText: string = 'written by an honest member. '.repeat(4)
