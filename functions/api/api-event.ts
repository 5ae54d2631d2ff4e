import type { Caller } from '../../core/access/caller.ts';
import { Unauthorized } from '../../core/errors.ts';

/** The event that graphql/resolver.js sends for each field of Query and Mutation. */
export interface ApiEvent {
  type: string;
  field: string;
  arguments: unknown;
  /** The caller, as AppSync verified the token or the signature. */
  identity: ApiIdentity | null;
  /**
   * Paths of the selected fields, such as `items/name`; aliases replace the names of their fields.
   */
  selection: string[];
  /** AppSync's id of the request; null if there is none. */
  request_id?: string | null;
}

/** AppSync's identity of a person (Cognito) or of a machine (IAM). */
export interface ApiIdentity {
  sub?: string;
  username?: string | null;
  groups?: string[] | null;
  claims?: Record<string, unknown>;
  userArn?: string;
  sourceIp?: string[] | null;
}

/** The caller in an identity. @throws Unauthorized if there is none */
export function callerOf({ identity, request_id }: Pick<ApiEvent, 'identity' | 'request_id'>): Caller {
  const username = identity?.username ?? null;
  const from = {
    source_ip: identity?.sourceIp?.join(', ') || null,
    request_id: isRequestId(request_id) ? request_id : null,
  };
  if (identity?.sub !== undefined) {
    const email = typeof identity.claims?.email === 'string' ? identity.claims.email : null;
    return { kind: 'PERSON', sub: identity.sub, username, email, groups: identity.groups ?? [], ...from };
  }
  if (identity?.userArn !== undefined) {
    return { kind: 'MACHINE', sub: identity.userArn, username, email: null, groups: [], ...from };
  }
  throw new Unauthorized('Sign in first: this request carries no identity.');
}

/**
 * Whether an id has AppSync's format. It arrives in a header and is written to logs and the audit
 * log.
 */
export function isRequestId(id: string | null | undefined): id is string {
  return id !== null && id !== undefined && /^[0-9a-f-]{36}$/.test(id);
}
