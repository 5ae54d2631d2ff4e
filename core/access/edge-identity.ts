import { shortened, Unauthorized } from '../errors.ts';
import type { Caller } from './caller.ts';

/**
 * Which ids a new edge may have: names that an assumed role's session and an IAM user can have too,
 * or it could not sign as itself.
 */
export const EDGE_ID_RULE = '2 to 64 letters, digits and characters of _+=,.@-';

/**
 * Whether a new edge may have this id, see {@link EDGE_ID_RULE}. Reports and edges that are
 * registered already may have others.
 *
 * @example isEdgeId('berlin-1') // true
 */
export function isEdgeId(text: string): boolean {
  return /^[A-Za-z0-9_+=,.@-]{2,64}$/.test(text);
}

/** The roles whose sessions are edges, unless the setting `edge_roles` names others. */
export const DEFAULT_EDGE_ROLES: readonly string[] = ['*edge*'];

/**
 * An edge speaks for itself only: the name at the end of its ARN, an assumed role's session name or
 * an IAM user's name, is its edge id. Who may assume a role may choose the session's name, so a
 * session is an edge's only where the role is one of `edge_roles`, names with a `*` in front,
 * behind or on both sides for anything.
 *
 * @throws Unauthorized for everyone else
 */
export function requireEdge(caller: Caller, edgeId: string, edge_roles: readonly string[]): void {
  const arn = caller.kind === 'MACHINE' ? partsOf(caller.sub) : undefined;
  if (arn?.name !== edgeId) {
    throw new Unauthorized(
      `Only edge ${shortened(edgeId)} itself may do this: sign with its own role, whose session name is the edge's id.`,
    );
  }
  const { role } = arn;
  if (role === undefined || isEdgeRole(role, edge_roles)) return;
  throw new Unauthorized(
    `Role ${shortened(role)} is none of the edges' roles (${shortened(edge_roles.join(', '))}): sign with an edge's role, or have the setting edge_roles name this one.`,
  );
}

/** Whether a caller is a session of one of the edges' roles, whatever edge it is. */
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

/** The name at the end of an ARN, and the name of the role where it is a role's session. */
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
