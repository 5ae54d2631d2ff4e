import { isDeepStrictEqual } from 'node:util';
import { replacedBy } from './replaced-by.ts';

/**
 * Resources that a deployed system must keep: data, positions in streams, people, and everything
 * that edges, machines and operators refer to.
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

/** The used parts of a CloudFormation template. */
export interface Template {
  Resources: Record<string, { Type: string; Properties?: Record<string, unknown>; DeletionPolicy?: string }>;
  Outputs?: Record<string, { Export?: { Name: unknown } }>;
}

export interface PinnedResource {
  type: string;
  deletionPolicy?: string;
  /** Given properties whose change would replace the resource. */
  properties: Record<string, unknown>;
}

/** The parts of a stack that later releases must keep. */
export interface PinnedStack {
  resources: Record<string, PinnedResource>;
  /** Names that other stacks may import; while one does, CloudFormation refuses to remove it. */
  exports: string[];
}

/** The parts of a stack to keep. */
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

/** Losses and refusals of a deployment of `now` over `before`; one sentence each. */
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
  if (now === undefined) return [`${place} (${before.type}) is missing.`];
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
