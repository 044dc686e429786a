/**
 * Names of the demo's members. Each name begins with a different letter, so that the first letter suffices where
 * space is short.
 */
export const names: readonly string[] =
  'ada bob cyd dee eve fay gus hal ida jon kim lou mia ned ora pam quy ray sue tom'.split(' ')
