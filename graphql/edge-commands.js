/**
 * The resolver of the subscription edgeCommands (data source NONE, runtime APPSYNC_JS): an edge may listen to its own commands
 * only. The name at the end of its ARN, an assumed role's session name or an IAM user's name, is its edge id.
 */
import { util } from '@aws-appsync/utils';

export function request(ctx) {
  const arn = ctx.identity ? ctx.identity.userArn : null;
  const parts = arn ? arn.split('/') : [];
  const isEdge = parts.length > 1 && (arn.includes(':assumed-role/') || arn.includes(':user/'));
  if (!isEdge || parts[parts.length - 1] !== ctx.args.edge_id) {
    util.error(
      `Only edge ${ctx.args.edge_id} itself may do this: sign with its own role, whose session name is the edge's id.`,
      'Unauthorized',
    );
  }
  return { payload: null };
}

export function response() {
  return null;
}
