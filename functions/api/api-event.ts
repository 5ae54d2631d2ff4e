import type { Caller } from '../../core/access/caller.ts';
import { Unauthorized } from '../../core/errors.ts';

/** What graphql/resolver.js passes on for each field of Query and Mutation. */
export interface ApiEvent {
  type: string;
  field: string;
  arguments: unknown;
  /** Who AppSync found behind the token or the signature. */
  identity: ApiIdentity | null;
  /** Paths of the selected fields, such as `items/name`; an alias is in its field's place. */
  selection: string[];
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

/** The caller in an identity. @throws Unauthorized when there is none in it. */
export function callerOf(identity: ApiIdentity | null): Caller {
  const username = identity?.username ?? null;
  const source_ip = identity?.sourceIp?.join(', ') || null;
  if (identity?.sub !== undefined) {
    const email = typeof identity.claims?.email === 'string' ? identity.claims.email : null;
    return { kind: 'PERSON', sub: identity.sub, username, email, groups: identity.groups ?? [], source_ip };
  }
  if (identity?.userArn !== undefined) {
    return { kind: 'MACHINE', sub: identity.userArn, username, email: null, groups: [], source_ip };
  }
  throw new Unauthorized('Sign in first: this request carries no identity.');
}
