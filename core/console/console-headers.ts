import { contentPolicies } from './content-policy.ts';

/** Headers of every answer of the console's server, local or deployed. */
export const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
} as const;

/**
 * The content policy of each page.
 *
 * @param connectTo further origins that pages may connect to: the API, its socket, the sign-in
 */
export function pagePolicies(connectTo: readonly string[]): Record<'console' | 'graphiql', string> {
  const policies = contentPolicies();
  const connect = `connect-src 'self' ${connectTo.join(' ')}`;
  return {
    console: `${policies.console}; ${connect}`,
    graphiql: `${policies.graphiql}; ${connect}`,
  };
}
