import { isDeepStrictEqual } from 'node:util';
import { replacedBy } from './replaced-by.ts';

/**
 * What a deployed system can't lose: data, positions in streams, people, and what edges, machines
 * and operators were given.
 */
export const PINNED_TYPES: readonly string[] = [
  'AWS::AppSync::GraphQLApi',
  'AWS::CloudFront::Distribution',
  'AWS::Cognito::UserPool',
  'AWS::Cognito::UserPoolClient',
  'AWS::Cognito::UserPoolDomain',
  'AWS::Cognito::UserPoolGroup',
  'AWS::DynamoDB::Table',
  'AWS::IAM::ManagedPolicy',
  'AWS::Kinesis::Stream',
  'AWS::KMS::Key',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Logs::LogGroup',
  'AWS::S3::Bucket',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SQS::Queue',
];

/** What is used of a template of CloudFormation. */
export interface Template {
  Resources: Record<string, { Type: string; Properties?: Record<string, unknown>; DeletionPolicy?: string }>;
  Outputs?: Record<string, { Export?: { Name: unknown } }>;
}

export interface PinnedResource {
  type: string;
  deletionPolicy?: string;
  /** Those whose change would put another resource in its place, where they are given. */
  properties: Record<string, unknown>;
}

/** What later releases must keep of a stack. */
export interface PinnedStack {
  resources: Record<string, PinnedResource>;
  /** Names that other stacks may import: while one does, CloudFormation doesn't let go of it. */
  exports: string[];
}

/** What there is to keep of a stack. */
export function pinnedIn({ Resources, Outputs = {} }: Template): PinnedStack {
  const pinned = Object.entries(Resources).filter(([, { Type }]) => PINNED_TYPES.includes(Type));
  return {
    resources: Object.fromEntries(
      pinned.map(([id, { Type, Properties = {}, DeletionPolicy }]) => [
        id,
        {
          type: Type,
          ...(DeletionPolicy !== undefined && { deletionPolicy: DeletionPolicy }),
          properties: Object.fromEntries(
            replacedBy(Type).flatMap(name => (name in Properties ? [[name, Properties[name]]] : [])),
          ),
        },
      ]),
    ),
    exports: Object.values(Outputs)
      .flatMap(({ Export }) => (typeof Export?.Name === 'string' ? [Export.Name] : []))
      .sort(),
  };
}

/** What a deployment of `now` over `before` would lose or be refused for; one sentence each. */
export function lossesOf(stack: string, before: PinnedStack, now: PinnedStack): string[] {
  return [
    ...Object.entries(before.resources).flatMap(([id, resource]) =>
      lossesAt(`${stack}.${id}`, resource, now.resources[id]),
    ),
    ...before.exports
      .filter(name => !now.exports.includes(name))
      .map(
        name =>
          `${stack} no longer exports ${name}: CloudFormation refuses that while another stack imports it.`,
      ),
  ];
}

function lossesAt(place: string, before: PinnedResource, now: PinnedResource | undefined): string[] {
  if (now === undefined) return [`${place} (${before.type}) is gone.`];
  if (now.type !== before.type) return [`${place} was ${before.type} and is ${now.type}.`];
  const names = new Set([...Object.keys(before.properties), ...Object.keys(now.properties)]);
  const changed = [...names].filter(
    name => !isDeepStrictEqual(before.properties[name], now.properties[name]),
  );
  return [
    ...changed.map(name => `${place} (${before.type}) would be replaced: ${name} has changed.`),
    ...(before.deletionPolicy === now.deletionPolicy
      ? []
      : [
          `${place} (${before.type}) had DeletionPolicy ${before.deletionPolicy}, not ${now.deletionPolicy}.`,
        ]),
  ];
}
