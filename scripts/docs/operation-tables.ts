import { type FieldDefinitionNode, Kind, parse, print } from 'graphql';
import { type Access, PUBLICATIONS, ROLES } from '../../core/access/roles.ts';
import { PERSONAL_OPERATIONS } from '../../core/audit/audit-entry.ts';
import { isUndoer, type NotUndoable, type Undoer } from '../../core/undo/undoer.ts';
import { UNDOERS } from '../../core/undo/undoers.ts';

const ACCESS: Record<string, Access> = { ...ROLES, ...PUBLICATIONS };
const UNDO: Record<string, Undoer | NotUndoable> = UNDOERS;
const PERSONAL: readonly string[] = PERSONAL_OPERATIONS;

/**
 * The parts of docs/api.md that list the operations of a schema: `queries`, `mutations` and
 * `subscriptions`.
 */
export function operationTables(schema: string): Record<string, string> {
  const { definitions } = parse(schema);
  const fieldsOf = (type: string) =>
    definitions.flatMap(definition =>
      definition.kind === Kind.OBJECT_TYPE_DEFINITION && definition.name.value === type
        ? (definition.fields ?? [])
        : [],
    );
  return {
    queries: table(
      fieldsOf('Query').map(field => [signature(field), who(`Query.${field.name.value}`), meaning(field)]),
    ),
    mutations: table(
      fieldsOf('Mutation').map(field => [
        signature(field),
        who(`Mutation.${field.name.value}`),
        meaning(field),
        undo(field.name.value),
      ]),
      'undo',
    ),
    subscriptions: table(
      fieldsOf('Subscription').map(field => [signature(field), subscribers(field), meaning(field)]),
    ),
  };
}

/** Rows of very different lengths: cells are not padded. */
function table(rows: string[][], ...more: string[]): string {
  const headings = ['operation', 'who may', 'what it does', ...more];
  const lines = [headings, headings.map(() => '---'), ...rows];
  return lines.map(cells => `| ${cells.join(' | ')} |`).join('\n');
}

/**
 * An operation with the types of its arguments and its answer, such as `policy(id: ID!): Policy`.
 */
function signature({ name, arguments: given = [], type }: FieldDefinitionNode): string {
  const types = given.map(({ name, type }) => `${name.value}: ${print(type)}`).join(', ');
  return `\`${name.value}${types && `(${types})`}: ${print(type)}\``;
}

/** The weakest group of people that may, and machines. */
function who(operation: string): string {
  const access = ACCESS[operation];
  if (access === undefined) throw new Error(`${operation} has no row in core/access/roles.ts.`);
  return [access.people ?? [], access.machines ? 'machines' : []].flat().join(', ');
}

/** Subscriptions have no row: AppSync judges them by their directives alone. */
function subscribers({ directives = [] }: FieldDefinitionNode): string {
  const names = directives.map(({ name }) => name.value);
  return [
    names.includes('aws_cognito_user_pools') ? 'viewer' : [],
    names.includes('aws_iam') ? 'machines' : [],
  ]
    .flat()
    .join(', ');
}

/** The first sentence of the description. */
function meaning({ name, description }: FieldDefinitionNode): string {
  if (description === undefined) throw new Error(`${name.value} has no description.`);
  const text = description.value.replaceAll(/\s+/g, ' ').trim();
  const [sentence] = /^.*?\.(?= [A-Z`]|$)/.exec(text) ?? [text];
  return sentence.replaceAll('|', String.raw`\|`);
}

/** Whether a mutation can be undone, or what to do instead. */
function undo(mutation: string): string {
  if (PERSONAL.includes(mutation)) return 'No: it is not in the audit log.';
  const row = UNDO[mutation];
  if (row === undefined) return '';
  return isUndoer(row) ? 'yes' : `No. ${row.why}`;
}
