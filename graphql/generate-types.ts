import {
  type DefinitionNode,
  type EnumTypeDefinitionNode,
  type FieldDefinitionNode,
  type InputObjectTypeDefinitionNode,
  type InputValueDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  type TypeNode,
} from 'graphql';
import { GENERATED_HEADER } from './generated-header.ts';

const SCALARS: Record<string, string> = {
  ID: 'string',
  String: 'string',
  Int: 'number',
  Float: 'number',
  Boolean: 'boolean',
  AWSDateTime: 'string',
  AWSJSON: 'string',
};

const ROOTS = ['Query', 'Mutation'];

/**
 * Generates the TypeScript types of a schema: one type per type of the schema, and `Operations`,
 * which maps each `Query.…` and `Mutation.…` to its arguments, as clients may send them (null is
 * the same as left out), and to its result.
 * @throws Error that names an unknown scalar.
 */
export function generateSchemaTypes(schema: string): string {
  const definitions = parse(schema).definitions;
  const declared = new Set(
    definitions.flatMap(definition => ('name' in definition ? definition.name?.value : [])),
  );
  const type = (node: TypeNode) => required(node, declared);
  return [
    GENERATED_HEADER,
    ...definitions.flatMap(definition => declare(definition, type)),
    operations(definitions, type),
  ].join('\n');
}

type Render = (node: TypeNode) => string;

function declare(definition: DefinitionNode, type: Render): string[] {
  switch (definition.kind) {
    case Kind.OBJECT_TYPE_DEFINITION:
      return [...ROOTS, 'Subscription'].includes(definition.name.value) ? [] : [objectType(definition, type)];
    case Kind.INPUT_OBJECT_TYPE_DEFINITION:
      return [inputType(definition, type)];
    case Kind.ENUM_TYPE_DEFINITION:
      return [enumType(definition)];
    default:
      return [];
  }
}

function objectType({ name, fields = [] }: ObjectTypeDefinitionNode, type: Render): string {
  return block(
    name.value,
    fields.map(field => `  ${field.name.value}: ${type(field.type)};`),
  );
}

function inputType({ name, fields = [] }: InputObjectTypeDefinitionNode, type: Render): string {
  return block(
    name.value,
    fields.map(field => `  ${argument(field, type)};`),
  );
}

function enumType({ name, values = [] }: EnumTypeDefinitionNode): string {
  return `export type ${name.value} = ${values.map(value => `'${value.name.value}'`).join(' | ')};\n`;
}

function operations(definitions: readonly DefinitionNode[], type: Render): string {
  const lines = definitions.flatMap(definition =>
    definition.kind === Kind.OBJECT_TYPE_DEFINITION && ROOTS.includes(definition.name.value)
      ? (definition.fields ?? []).map(
          field => `  '${definition.name.value}.${field.name.value}': ${signature(field, type)};`,
        )
      : [],
  );
  return block('Operations', lines);
}

function signature({ arguments: args = [], type: result }: FieldDefinitionNode, type: Render): string {
  const list = args.map(each => argument(each, type)).join('; ');
  return `{ arguments: ${list === '' ? 'Record<string, never>' : `{ ${list} }`}; result: ${type(result)} }`;
}

function argument({ name, type: node }: InputValueDefinitionNode, type: Render): string {
  const optional = node.kind !== Kind.NON_NULL_TYPE;
  return `${name.value}${optional ? '?' : ''}: ${type(node)}${optional ? ' | undefined' : ''}`;
}

function block(name: string, lines: string[]): string {
  return `export interface ${name} {\n${lines.join('\n')}\n}\n`;
}

function required(node: TypeNode, declared: ReadonlySet<string | undefined>): string {
  if (node.kind !== Kind.NON_NULL_TYPE) return `${bare(node, declared)} | null`;
  return bare(node.type, declared);
}

function bare(
  node: Exclude<TypeNode, { kind: Kind.NON_NULL_TYPE }>,
  declared: ReadonlySet<string | undefined>,
): string {
  if (node.kind === Kind.LIST_TYPE) {
    const item = required(node.type, declared);
    return item.includes('|') ? `(${item})[]` : `${item}[]`;
  }
  const name = node.name.value;
  const known = SCALARS[name] ?? (declared.has(name) ? name : undefined);
  if (known === undefined) throw new Error(`Scalar ${name} has no TypeScript type: add one to SCALARS.`);
  return known;
}
