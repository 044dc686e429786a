/** Content definitions: the metrics of rooms and configs, of the store, of queues and of signatures. */

export const contentDefinitions = {
  hearsay_spaces: { kind: 'gauge', help: 'Rooms and shared configs that are open here' },
  hearsay_space_facts: { kind: 'gauge', help: 'Facts in open rooms and shared configs' },
  hearsay_documents: { kind: 'gauge', help: 'Documents that this member has open or carries for others' },
  hearsay_document_items: {
    kind: 'gauge',
    help: 'Yjs items of these documents, deleted ones included. They determine the memory that the documents take',
  },
  hearsay_document_transfers: { kind: 'gauge', help: 'Transfers of documents that are in progress' },
  hearsay_rejected_facts_total: {
    kind: 'counter',
    help: 'Facts of other members in rooms and shared configs that broke a rule',
  },
  hearsay_limited_messages_total: {
    kind: 'counter',
    help: 'Messages and updates of rooms and shared configs that exceeded a rate. State arrives later, broadcasts are lost',
  },
  hearsay_unopened_messages_total: {
    kind: 'counter',
    help: 'Messages about private rooms that this member could not open',
  },
  hearsay_client_id_collisions_total: {
    kind: 'counter',
    help: 'Times that two replicas of a document used the same Yjs client id',
  },
  hearsay_storage_failing: { kind: 'gauge', help: 'Whether the store does not accept writes: 1 or 0' },
  hearsay_storage_bytes: {
    kind: 'gauge',
    help: 'Size of the files of the store',
    only: 'storage',
  },
  hearsay_queue_length: {
    kind: 'gauge',
    help: 'Items that wait',
    label: {
      name: 'queue',
      values: {
        rumors: 'Facts that wait to be published.',
        writes: 'Changes that wait to be stored.',
        dials: 'Members that are being dialled, are to be dialled, or could not be reached.',
      },
    },
  },
  hearsay_verified_facts_total: {
    kind: 'counter',
    help: 'Signatures that were checked',
    label: {
      name: 'outcome',
      values: { valid: 'The signature is right.', forged: 'The signature is wrong.' },
    },
  },
  hearsay_verify_seconds_total: { kind: 'counter', help: 'Time that the checks of signatures took' },
} as const
