import { readFileSync } from 'node:fs';
import { buildSchema, type GraphQLEnumType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { APPLICATION_CLASSES } from '../../../core/policy/application-class.ts';
import { generateSchemaTypes } from '../../../graphql/generate-types.ts';
import { APPSYNC_DEFINITIONS } from '../../../local/gateway/schema/appsync-definitions.ts';

const schema = readFileSync('graphql/schema.graphql', 'utf8');
describe('graphql/schema.generated.ts', () => {
  it('is current: npm run generate makes it', () => {
    expect(readFileSync('graphql/schema.generated.ts', 'utf8')).toBe(generateSchemaTypes(schema));
  });

  it('fails on a scalar without a type', () => {
    expect(() => generateSchemaTypes('type A { a: AWSPhone }')).toThrow(
      'Scalar AWSPhone has no TypeScript type: add one to SCALARS.',
    );
  });
});

describe('graphql/schema.graphql', () => {
  const built = buildSchema(APPSYNC_DEFINITIONS + schema);

  it('has the application classes of policies', () => {
    const type = built.getType('ApplicationClass') as GraphQLEnumType;
    expect(type.getValues().map(({ name }) => name)).toEqual([...APPLICATION_CLASSES]);
  });

  it('describes every operation', () => {
    const fields = [built.getQueryType()!, built.getMutationType()!, built.getSubscriptionType()!].flatMap(
      type => Object.values(type.getFields()),
    );
    expect(fields.filter(({ description }) => !description).map(({ name }) => name)).toEqual([]);
  });

  it('uses camelCase for operations, snake_case for fields and arguments', () => {
    const wrong: string[] = [];
    for (const type of Object.values(built.getTypeMap())) {
      if (type.name.startsWith('__') || !('getFields' in type)) continue;
      const isRoot = ['Query', 'Mutation', 'Subscription'].includes(type.name);
      for (const field of Object.values(type.getFields())) {
        const style = isRoot ? /^[a-z][A-Za-z0-9]*$/ : /^[a-z][a-z0-9_]*$/;
        if (!style.test(field.name)) wrong.push(`${type.name}.${field.name}`);
        for (const arg of 'args' in field ? field.args : []) {
          if (!/^[a-z][a-z0-9_]*$/.test(arg.name)) wrong.push(`${type.name}.${field.name}(${arg.name})`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });
});
