/**
 * Limits: the largest sizes and counts that a member accepts from the wire. The limits are part of the protocol.
 *
 * Import this file as a whole, as `limits`. A bundle then contains only the limits that it uses.
 */

/** One rumor on gossipsub, encoded. */
export const maxRumorBytes = 65_536
/** One frame on a stream, encoded. */
export const maxFrameBytes = 1_048_576
/**
 * One fact's payload, encoded. A longer payload counts as a violation. So `maxPresenceBytes`, `maxConfigValueBytes` and
 * `maxEventBytes` must stay below this limit, with space for the other fields of the payload.
 */
export const maxPayloadBytes = 32_768
/**
 * One member's record, encoded, with its unknown fields. A record whose known fields all have their greatest sizes has
 * 21,503 bytes; without grants 19,900.
 */
export const maxRecordBytes = 22_528
/** One policy fact's payload, encoded. */
export const maxPolicyBytes = 4_096
/** The keys that open one keyring fact: those of the keyring, and those of the keyring that it replaces. */
export const maxKeyringBoxes = 8
export const maxFactsPerMessage = 4_096
export const maxDigestRows = 16_384
/** One heartbeat list or heartbeat request, encoded. */
export const maxHeartbeatListBytes = 262_144
export const maxNameBytes = 128
export const maxAddresses = 16
export const maxAddressBytes = 256
export const maxTags = 32
export const maxTagKeyBytes = 64
export const maxTagValueBytes = 256
/** Rooms and shared configs that one member is in. */
export const maxSpaces = 256
/** One hour: the longest attention lease. Longer leases are shortened to it. */
export const maxAttentionLeaseMs = 3_600_000
export const maxRoomNameBytes = 128
/**
 * All fields of one member's presence in one room, names and values as JSON. One field may use all of it, and is the
 * payload of one fact: stay below `maxPayloadBytes`.
 */
export const maxPresenceBytes = 16_384
/** Of the member itself, and of each of its views. */
export const maxPresenceFields = 64
/** Of a member and its views together. The fields that say which views are open count as well. */
export const maxPresenceFieldsInAll = 256
/** Views of one member that are open in one room. */
export const maxViews = 32
export const maxViewIdBytes = 64
/** The length of a document name (128 bytes) plus a reserved prefix. */
export const maxFieldNameBytes = 144
export const maxConfigKeyBytes = 256
/** As JSON. The payload also contains the key: stay below `maxPayloadBytes`. */
export const maxConfigValueBytes = 16_384
/** As JSON. The payload also contains two numbers: stay below `maxPayloadBytes`. */
export const maxEventBytes = 32_000
export const maxDocumentNameBytes = 128
/** In one room. */
export const maxDocuments = 64
export const maxStateVectorBytes = 524_288
/** One document update, and so one value in a document. */
export const maxUpdateBytes = 268_435_456
/**
 * The content of one fact about a document with writers. The payload also contains a name and ids: stay below
 * `maxPayloadBytes`.
 */
export const maxChangeBytes = 28_672
/** Parts of one update of a document with writers. */
export const maxChangeParts = 512
/** Ids of updates in several parts that one checkpoint replaces. */
export const maxReplacedUpdates = 64
/** One document with writers, encoded as a whole, with what Yjs keeps of deleted content. */
export const maxSignedDocumentBytes = 8_388_608
/** The signed changes that a member stores of all documents of one room: their number. */
export const maxSignedChanges = 16_384
/** The signed changes that a member stores of all documents of one room: their bytes. */
export const maxSignedBytes = 67_108_864
/** The content of one document that is not deleted; a character counts as one byte. */
export const maxDocumentBytes = 268_435_456
export const maxStoredIds = 16_384
/** The payload of a query, an answer or a broadcast in the cluster, as JSON. */
export const maxQueryBytes = 16_384
export const maxQueryNameBytes = 128
/** Members that a query names. A query to all members names none. */
export const maxQueryRecipients = 256
/** One minute. Longer timeouts are shortened to it. */
export const maxQueryTimeoutMs = 60_000
/** Our choice: 100 levels. Deeper values are likely attempts to overflow the stack. */
export const maxJsonDepth = 100
/** The authority → an admin's invitation → the admin → an invitation → a member. */
export const maxGrants = 4
/** The grants of one member, encoded. Four grants whose fields all have their greatest sizes have 1,572 bytes. */
export const maxGrantsBytes = 1_600
/** Of one member. */
export const maxRoles = 8
export const maxRoleBytes = 32
/** One ticket, encoded, before it becomes text. */
export const maxTicketBytes = 8_192
