import { shortened, Unauthorized } from '../errors.ts';
import type { Caller } from './caller.ts';

/**
 * The ids that a new edge may have. Sessions of assumed roles and IAM users can have the same
 * names, which an edge needs in order to sign as itself.
 */
export const EDGE_ID_RULE = '2 to 64 letters, digits and characters of _+=,.@-';

/**
 * Whether a new edge may have this id, see {@link EDGE_ID_RULE}. Reports and registered edges may
 * have other ids.
 *
 * @example isEdgeId('berlin-1') // true
 */
export function isEdgeId(text: string): boolean {
  return /^[A-Za-z0-9_+=,.@-]{2,64}$/.test(text);
}

/** The roles whose sessions are edges, unless the setting `edge_roles` names others. */
export const DEFAULT_EDGE_ROLES: readonly string[] = ['*edge*'];

/**
 * Requires that the caller is the edge. The name at the end of its ARN, an assumed role's session
 * name or an IAM user's name, must be the edge's id. A principal that may assume a role may choose
 * the session's name, so the role must be one of `edge_roles`: names, with a `*` at the start, the
 * end or both for any text.
 *
 * @throws Unauthorized for every other caller
 */
export function requireEdge(caller: Caller, edgeId: string, edge_roles: readonly string[]): void {
  const arn = caller.kind === 'MACHINE' ? partsOf(caller.sub) : undefined;
  if (arn?.name !== edgeId) {
    throw new Unauthorized(
      `Edge ${shortened(edgeId)} alone may do this. Sign with the edge's own role, with the edge's id as session name.`,
    );
  }
  const { role } = arn;
  if (role === undefined || isEdgeRole(role, edge_roles)) return;
  throw new Unauthorized(
    `Role ${shortened(role)} is not one of the edges' roles (${shortened(edge_roles.join(', '))}). Sign with an edge's role, or add this one to the setting edge_roles.`,
  );
}

/** Whether a caller is a session of one of the edges' roles, of any edge. */
export function isEdgeSession({ kind, sub }: Caller, edge_roles: readonly string[]): boolean {
  const role = kind === 'MACHINE' ? partsOf(sub)?.role : undefined;
  return role !== undefined && isEdgeRole(role, edge_roles);
}

/** Whether sessions of a role of this name are edges. */
export function isEdgeRole(role: string, edge_roles: readonly string[]): boolean {
  return edge_roles.some(pattern => matches(pattern, role));
}

/** The ARN of the role whose session an ARN is; undefined for other ARNs. */
export function roleOf(arn: string): string | undefined {
  return /^(arn:[^:]*:sts::\d*:assumed-role\/[^/]+)\/[^/]+$/.exec(arn)?.[1];
}

/** The name at the end of an ARN, and the role's name if it is a session of a role. */
function partsOf(arn: string): { name: string; role?: string } | undefined {
  const [, role, name] = /^arn:[^:]*:sts::\d*:assumed-role\/([^/]+)\/([^/]+)$/.exec(arn) ?? [];
  if (role !== undefined) return { name: name!, role };
  const [, user] = /^arn:[^:]*:iam::\d*:user\/(?:.*\/)?([^/]+)$/.exec(arn) ?? [];
  return user === undefined ? undefined : { name: user };
}

// graphql/edge-commands.js does the same for subscriptions.
function matches(pattern: string, role: string): boolean {
  const text = pattern.replaceAll('*', '').toLowerCase();
  const given = role.toLowerCase();
  if (pattern.startsWith('*') && pattern.endsWith('*')) return given.includes(text);
  if (pattern.startsWith('*')) return given.endsWith(text);
  return pattern.endsWith('*') ? given.startsWith(text) : given === text;
}
