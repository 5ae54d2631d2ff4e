import { Unauthorized } from '../errors.ts';
import type { Caller } from './caller.ts';

/**
 * An edge speaks for itself only: the name at the end of its ARN, an assumed role's session name or
 * an IAM user's name, is its edge id.
 *
 * @throws Unauthorized for everyone else
 */
export function requireEdge(caller: Caller, edgeId: string): void {
  if (caller.kind === 'MACHINE' && nameIn(caller.sub) === edgeId) return;
  throw new Unauthorized(
    `Only edge ${edgeId} itself may do this: sign with its own role, whose session name is the edge's id.`,
  );
}

function nameIn(arn: string): string | undefined {
  return /^arn:[^:]*:(?:sts|iam)::\d*:(?:assumed-role|user)\/(?:.*\/)?([^/]+)$/.exec(arn)?.[1];
}
