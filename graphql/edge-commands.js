/**
 * The resolver of the subscription edgeCommands (data source NONE, runtime APPSYNC_JS): an edge may
 * subscribe only to its own commands. The last part of its ARN (the session name of an assumed
 * role, or the name of an IAM user) must be its edge id, and the role must be a role of edges.
 */
import { util } from '@aws-appsync/utils';

// The stack replaces this value with the setting edge_roles.
const EDGE_ROLES = ['*edge*'];

export function request(ctx) {
  const arn = ctx.identity ? ctx.identity.userArn : null;
  const parts = arn ? arn.split('/') : [];
  const isRole = arn ? arn.includes(':assumed-role/') : false;
  const isEdge = isRole ? parts.length === 3 : parts.length > 1 && arn.includes(':user/');
  if (!isEdge || parts[parts.length - 1] !== ctx.args.edge_id) {
    util.error(
      `Edge ${shortened(ctx.args.edge_id)} alone may do this. Sign with the edge's own role, with the edge's id as session name.`,
      'Unauthorized',
    );
  }
  const role = parts[parts.length - 2];
  if (isRole && !isEdgeRole(role)) {
    util.error(
      `Role ${role} is none of the edges' roles: sign with an edge's role, or have the setting edge_roles name this one.`,
      'Unauthorized',
    );
  }
  return { payload: null };
}

export function response() {
  return null;
}

// The same rule as requireEdge in core/access/edge-identity.ts.
function isEdgeRole(role) {
  const given = role.toLowerCase();
  for (const pattern of EDGE_ROLES) {
    const text = pattern.split('*').join('').toLowerCase();
    const front = pattern.startsWith('*');
    const behind = pattern.endsWith('*');
    if (front && behind && given.includes(text)) return true;
    if (front && !behind && given.endsWith(text)) return true;
    if (!front && behind && given.startsWith(text)) return true;
    if (!front && !behind && given === text) return true;
  }
  return false;
}

function shortened(text) {
  return text.length <= 80 ? text : `${text.substring(0, 79)}…`;
}
