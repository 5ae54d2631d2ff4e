import type { SignIn } from './provision/user-pools.ts';

// Known to everybody: they open nothing but this machine's own loopback.
const PASSWORD = 'patronus-local-1A!';

/** Who can sign in on one machine: one person a group. */
export const SIGN_INS: readonly SignIn[] = ['admin', 'operator', 'viewer'].map(group => ({
  email: `${group}@example.com`,
  password: PASSWORD,
  groups: [group],
}));
