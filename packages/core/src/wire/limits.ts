/** Limits: the largest sizes and counts that a member accepts from the wire. They are part of the protocol. */
export const limits = {
  /** One rumor on gossipsub, encoded. */
  maxRumorBytes: 65_536,
  /** One frame on a stream, encoded. */
  maxFrameBytes: 1_048_576,
  /**
   * One fact's payload, encoded. A longer payload counts as a violation. So `maxPresenceBytes`, `maxConfigValueBytes` and
   * `maxEventBytes` must stay below this limit, with space for the other fields of the payload.
   */
  maxPayloadBytes: 32_768,
  /**
   * One member's record, encoded, with its unknown fields. A record whose known fields all have their greatest sizes has
   * 19,900 bytes.
   */
  maxRecordBytes: 20_480,
  maxFactsPerMessage: 4_096,
  maxDigestRows: 16_384,
  /** One heartbeat list or heartbeat request, encoded. */
  maxHeartbeatListBytes: 262_144,
  maxNameBytes: 128,
  maxAddresses: 16,
  maxAddressBytes: 256,
  maxTags: 32,
  maxTagKeyBytes: 64,
  maxTagValueBytes: 256,
  /** Rooms and shared configs that one member is in. */
  maxSpaces: 256,
  /** One hour: the longest attention lease. Longer leases are shortened to it. */
  maxAttentionLeaseMs: 3_600_000,
  maxRoomNameBytes: 128,
  /**
   * All fields of one member's presence in one room, names and values as JSON. One field may use all of it, and is the
   * payload of one fact: stay below `maxPayloadBytes`.
   */
  maxPresenceBytes: 16_384,
  /** Of the member itself, and of each of its views. */
  maxPresenceFields: 64,
  /** Of a member and its views together. The fields that say which views are open count as well. */
  maxPresenceFieldsInAll: 256,
  /** Views of one member that are open in one room. */
  maxViews: 32,
  maxViewIdBytes: 64,
  /** The length of a document name (128 bytes) plus a reserved prefix. */
  maxFieldNameBytes: 144,
  maxConfigKeyBytes: 256,
  /** As JSON. The payload also contains the key: stay below `maxPayloadBytes`. */
  maxConfigValueBytes: 16_384,
  /** As JSON. The payload also contains two numbers: stay below `maxPayloadBytes`. */
  maxEventBytes: 32_000,
  maxDocumentNameBytes: 128,
  /** In one room. */
  maxDocuments: 64,
  maxStateVectorBytes: 524_288,
  /** One document update, and so one value in a document. */
  maxUpdateBytes: 268_435_456,
  /** The content of one document that is not deleted; a character counts as one byte. */
  maxDocumentBytes: 268_435_456,
  maxStoredIds: 16_384,
  /** The payload of a query, an answer or a broadcast in the cluster, as JSON. */
  maxQueryBytes: 16_384,
  maxQueryNameBytes: 128,
  /** Members that a query names. A query to all members names none. */
  maxQueryRecipients: 256,
  /** One minute. Longer timeouts are shortened to it. */
  maxQueryTimeoutMs: 60_000,
  /** Our choice: 100 levels. Deeper values are likely attempts to overflow the stack. */
  maxJsonDepth: 100,
} as const
