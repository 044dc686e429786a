/** Names of the demo's members. No two begin alike, so that one letter is enough where space is short. */
export const names: readonly string[] =
  'ada bob cyd dee eve fay gus hal ida jon kim lou mia ned ora pam quy ray sue tom'.split(' ')
