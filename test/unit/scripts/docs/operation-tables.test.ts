import { type FieldDefinitionNode, Kind, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { operationTables } from '../../../../scripts/docs/operation-tables.ts';
import { projectText } from '../../../support/project-files.ts';

/** A field with its description, of a type of the schema. */
const schemaOf = (type: string, field: string) => `type ${type} {\n  ${field}\n}\n`;

const lastRow = (table: string) => table.split('\n').at(-1);

describe('the lists of operations', () => {
  it('have the signature, the allowed callers, and the first sentence of the description', () => {
    const policy = '"One policy, of `id`. The rest is left out." policy(id: ID!): Policy';
    expect(lastRow(operationTables(schemaOf('Query', policy)).queries!)).toBe(
      '| `policy(id: ID!): Policy` | viewer, machines | One policy, of `id`. |',
    );
  });

  it.each([
    ['togglePolicy', '| operator | Text. | yes |'],
    ['eraseFlows', '| admin | Text. | No. Erased data is gone for good. |'],
    ['saveView', '| viewer | Text. | No: it is not in the audit log. |'],
    ['publishEvent', '| machines | Text. |  |'],
  ])('list for the mutation %s the allowed callers and its undo', (name, cells) => {
    const { mutations } = operationTables(schemaOf('Mutation', `"Text." ${name}: Boolean!`));
    expect(lastRow(mutations!)).toBe(`| \`${name}: Boolean!\` ${cells}`);
  });

  it('reject an operation without a row or without a description', () => {
    expect(() => operationTables(schemaOf('Query', '"Text." other: Int'))).toThrow(
      new Error('Query.other has no row in core/access/roles.ts.'),
    );
    expect(() => operationTables(schemaOf('Query', 'policy: Int'))).toThrow(
      new Error('policy has no description.'),
    );
  });

  it('in docs/api.md have every operation of the schema once', () => {
    const { definitions } = parse(projectText('graphql/schema.graphql'));
    const fields = (type: string) =>
      definitions.flatMap(definition =>
        definition.kind === Kind.OBJECT_TYPE_DEFINITION && definition.name.value === type
          ? (definition.fields ?? []).map(({ name }: FieldDefinitionNode) => name.value)
          : [],
      );
    const [, section = ''] = projectText('docs/api.md').split('\n## Operations\n');
    const listed = [...section.split('\n## ')[0]!.matchAll(/^\| `(\w+)[(:]/gm)].map(([, name]) => name);
    expect(listed).toEqual(['Query', 'Mutation', 'Subscription'].flatMap(fields));
  });
});
