import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';

interface ResourceFacts {
  cloudFormationType: string;
  properties: Record<string, { causesReplacement?: 'yes' | 'no' | 'maybe' }>;
}

/**
 * Additional ones from CloudFormation's documentation: an update of them fails, or creates a new
 * stream, which starts at its end.
 */
const ALSO: Record<string, readonly string[]> = {
  'AWS::AppSync::GraphQLApi': ['ApiType', 'Visibility'],
  'AWS::Cognito::UserPool': ['AliasAttributes', 'UsernameAttributes', 'UsernameConfiguration'],
  'AWS::DynamoDB::Table': ['LocalSecondaryIndexes', 'StreamSpecification'],
};

let known: Map<string, readonly string[]> | undefined;

/**
 * Properties of a resource type whose change makes CloudFormation replace the resource, from the
 * database of `cdk diff`.
 * @throws Error for an unknown type
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
