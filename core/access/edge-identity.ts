import { shortened, Unauthorized } from '../errors.ts';
import type { Caller } from './caller.ts';

/** Which ids a new edge may have: names that an assumed role's session and an IAM user can have too, or it could not sign as itself. */
export const EDGE_ID_RULE = '2 to 64 letters, digits and characters of _+=,.@-';

/**
 * Whether a new edge may have this id, see {@link EDGE_ID_RULE}. Reports and edges that are registered already may have others.
 *
 * @example isEdgeId('berlin-1') // true
 */
export function isEdgeId(text: string): boolean {
  return /^[A-Za-z0-9_+=,.@-]{2,64}$/.test(text);
}

/**
 * An edge speaks for itself only: the name at the end of its ARN, an assumed role's session name or
 * an IAM user's name, is its edge id.
 *
 * @throws Unauthorized for everyone else
 */
export function requireEdge(caller: Caller, edgeId: string): void {
  if (caller.kind === 'MACHINE' && nameIn(caller.sub) === edgeId) return;
  throw new Unauthorized(
    `Only edge ${shortened(edgeId)} itself may do this: sign with its own role, whose session name is the edge's id.`,
  );
}

function nameIn(arn: string): string | undefined {
  return /^arn:[^:]*:(?:sts|iam)::\d*:(?:assumed-role|user)\/(?:.*\/)?([^/]+)$/.exec(arn)?.[1];
}
