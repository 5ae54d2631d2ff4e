import { buildSchema, type GraphQLField, getNamedType, isObjectType } from 'graphql';
import { APPSYNC_DEFINITIONS } from '../../../local/gateway/schema/appsync-definitions.ts';
import { projectText } from '../project-files.ts';

/** The field of the answer that identifies a change. */
const ASKED = ['id', 'audit_id', 'success', 'finished', 'site_id', 'policy_id', 'error_type'];

const schema = buildSchema(projectText('graphql/schema.graphql') + APPSYNC_DEFINITIONS);
const FIELDS = schema.getMutationType()!.getFields();

/** A mutation with these arguments as variables. */
export function mutationDocument(operation: string, args: object): string {
  const field = FIELDS[operation]!;
  const given = field.args.filter(({ name }) => name in args);
  const variables = given.map(({ name, type }) => `$${name}: ${type}`).join(', ');
  const values = given.map(({ name }) => `${name}: $${name}`).join(', ');
  const call = values === '' ? operation : `${operation}(${values})`;
  return `mutation ${variables === '' ? '' : `(${variables})`} { ${call} { ${selection(field)} } }`;
}

/** Whether a mutation may be repeated under a name. */
export const takesToken = (operation: string): boolean =>
  FIELDS[operation]!.args.some(({ name }) => name === 'client_token');

function selection({ type }: GraphQLField<unknown, unknown>): string {
  const named = getNamedType(type);
  if (!isObjectType(named)) throw new Error(`${named.name} has no fields.`);
  const fields = Object.keys(named.getFields());
  return ASKED.filter(name => fields.includes(name)).join(' ');
}
