import {
  type DefinitionNode,
  type InputValueDefinitionNode,
  Kind,
  parse,
  print,
  type TypeDefinitionNode,
} from 'graphql';
import { GENERATED_HEADER } from './generated-header.ts';

const ROOTS = ['Query', 'Mutation'];

/**
 * Generates the arguments of a schema as values, which the API uses to validate requests:
 * `OPERATION_ARGUMENTS` has the types of each operation's arguments in GraphQL notation,
 * `INPUT_FIELDS` the types of each input's fields, `ENUM_VALUES` the values of each enumeration.
 */
export function generateArguments(schema: string): string {
  const { definitions } = parse(schema);
  const operations = definitions.flatMap(definition =>
    definition.kind === Kind.OBJECT_TYPE_DEFINITION && ROOTS.includes(definition.name.value)
      ? (definition.fields ?? []).map(({ name, arguments: given = [] }) =>
          row(`'${definition.name.value}.${name.value}'`, typesOf(given)),
        )
      : [],
  );
  const inputs = rows(definitions, Kind.INPUT_OBJECT_TYPE_DEFINITION, ({ fields = [] }) => typesOf(fields));
  const enums = rows(definitions, Kind.ENUM_TYPE_DEFINITION, ({ values = [] }) =>
    JSON.stringify(values.map(({ name }) => name.value)),
  );
  return [
    GENERATED_HEADER,
    table('OPERATION_ARGUMENTS', 'Record<string, Record<string, string>>', operations),
    table('INPUT_FIELDS', 'Record<string, Record<string, string>>', inputs),
    table('ENUM_VALUES', 'Record<string, readonly string[]>', enums),
  ].join('\n');
}

function rows<K extends TypeDefinitionNode['kind']>(
  definitions: readonly DefinitionNode[],
  kind: K,
  value: (definition: Extract<TypeDefinitionNode, { kind: K }>) => string,
): string[] {
  return definitions
    .filter(definition => definition.kind === kind)
    .map(definition => definition as Extract<TypeDefinitionNode, { kind: K }>)
    .map(definition => row(definition.name.value, value(definition)));
}

function typesOf(given: readonly InputValueDefinitionNode[]): string {
  return `{ ${given.map(({ name, type }) => `${name.value}: '${print(type)}'`).join(', ')} }`;
}

const row = (name: string, value: string) => `  ${name}: ${value},`;

function table(name: string, type: string, lines: string[]): string {
  return `export const ${name} = {\n${lines.join('\n')}\n} as const satisfies ${type};\n`;
}
