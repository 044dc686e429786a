/** Names of the demo's members. Each begins with another letter, so one letter is enough where space is short. */
export const names: readonly string[] =
  'ada bob cyd dee eve fay gus hal ida jon kim lou mia ned ora pam quy ray sue tom'.split(' ')
