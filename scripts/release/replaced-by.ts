import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';

interface ResourceFacts {
  cloudFormationType: string;
  properties: Record<string, { causesReplacement?: 'yes' | 'no' | 'maybe' }>;
}

/**
 * CloudFormation's documentation has these apart: an update of them fails, or makes a new stream,
 * which starts from its end.
 */
const ALSO: Record<string, readonly string[]> = {
  'AWS::AppSync::GraphQLApi': ['ApiType', 'Visibility'],
  'AWS::Cognito::UserPool': ['AliasAttributes', 'UsernameAttributes', 'UsernameConfiguration'],
  'AWS::DynamoDB::Table': ['LocalSecondaryIndexes', 'StreamSpecification'],
};

let known: Map<string, readonly string[]> | undefined;

/**
 * Properties of a type of resource whose change makes CloudFormation put another resource in its
 * place, as the database says that `cdk diff` uses.
 * @throws Error for a type that it doesn't have
 */
export function replacedBy(type: string): readonly string[] {
  known ??= readDatabase();
  const properties = known.get(type);
  if (!properties) throw new Error(`The database of aws-cdk has no resources of type ${type}.`);
  return [...properties, ...(ALSO[type] ?? [])];
}

function readDatabase(): Map<string, readonly string[]> {
  const folder = dirname(createRequire(import.meta.url).resolve('aws-cdk/package.json'));
  const { schema } = JSON.parse(gunzipSync(readFileSync(join(folder, 'db.json.gz'))).toString()) as {
    schema: { resource: { entities: ResourceFacts[] } };
  };
  return new Map(
    schema.resource.entities.map(({ cloudFormationType, properties }) => [
      cloudFormationType,
      Object.keys(properties).filter(name => properties[name]!.causesReplacement === 'yes'),
    ]),
  );
}
