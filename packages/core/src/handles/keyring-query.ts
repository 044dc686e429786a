/** The name of the query that each member answers with the fingerprints of its keys. */
export const keyringQuery = 'hearsay:keyring'
