import { readFileSync } from 'node:fs';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { makeApp } from '../../../lib/patronus-app.ts';
import { lossesOf, PINNED_TYPES, type PinnedStack, pinnedIn } from '../../../scripts/release/pinned.ts';
import { replacedBy } from '../../../scripts/release/replaced-by.ts';
import { projectFile } from '../../support/project-files.ts';

/** The resources that the last release deployed (test/fixtures/last-release/README.md). */
const { stacks: before } = JSON.parse(
  readFileSync(projectFile('test/fixtures/last-release/templates.json'), 'utf8'),
) as { stacks: Record<string, PinnedStack> };

const { stacks } = makeApp({ 'aws:cdk:bundling-stacks': [] });
// biome-ignore lint/suspicious/noExplicitAny: a template is what CloudFormation makes of it
const templates: Record<string, any> = Object.fromEntries(
  stacks.map(stack => [stack.stackName, Template.fromStack(stack).toJSON()]),
);

describe('a deployment over the last release', () => {
  it.each(Object.entries(before))('keeps all data, positions, people and names of %s', (name, pinned) => {
    expect(lossesOf(name, pinned, pinnedIn(templates[name]))).toEqual([]);
  });

  it('is compared for every type of stateful resource', () => {
    const of = (type: string) =>
      Object.values(before).flatMap(({ resources }) =>
        Object.values(resources).filter(resource => resource.type === type),
      );
    expect(
      Object.fromEntries(
        PINNED_TYPES.flatMap(type => (of(type).length > 0 ? [[type, of(type).length]] : [])),
      ),
    ).toEqual({
      'AWS::AppSync::GraphQLApi': 1,
      'AWS::Cognito::UserPool': 1,
      'AWS::Cognito::UserPoolClient': 1,
      'AWS::Cognito::UserPoolDomain': 1,
      'AWS::Cognito::UserPoolGroup': 3,
      'AWS::DynamoDB::Table': 4,
      'AWS::IAM::ManagedPolicy': 3,
      'AWS::Kinesis::Stream': 1,
      'AWS::Lambda::EventSourceMapping': 4,
      'AWS::Logs::LogGroup': 11,
      'AWS::S3::Bucket': 2,
      'AWS::SNS::Topic': 2,
      'AWS::SQS::Queue': 8,
    });
    expect(before.PatronusData!.exports.length).toBeGreaterThan(5);
  });

  it('knows the properties for which CloudFormation replaces a resource', () => {
    expect(replacedBy('AWS::DynamoDB::Table')).toEqual(
      expect.arrayContaining(['TableName', 'KeySchema', 'StreamSpecification']),
    );
    expect(replacedBy('AWS::Kinesis::Stream')).toEqual(['Name']);
    expect(replacedBy('AWS::Lambda::EventSourceMapping')).toEqual(
      expect.arrayContaining(['EventSourceArn', 'StartingPosition']),
    );
    // Its consumer may become an alias of the same function.
    expect(replacedBy('AWS::Lambda::EventSourceMapping')).not.toContain('FunctionName');
    expect(replacedBy('AWS::S3::Bucket')).toContain('BucketName');
  });
});

describe('a loss by a deployment', () => {
  const idOf = (stack: string, type: string) =>
    Object.entries(before[stack]!.resources).find(([, resource]) => resource.type === type)![0];
  const TABLE = idOf('PatronusData', 'AWS::DynamoDB::Table');
  const STREAM = idOf('PatronusIngest', 'AWS::Kinesis::Stream');
  const MAPPING = idOf('PatronusIngest', 'AWS::Lambda::EventSourceMapping');
  const [EXPORT] = before.PatronusData!.exports as [string];

  type Change = (template: (typeof templates)[string]) => void;
  const cases: [string, string, Change, string][] = [
    [
      'a table under another id',
      'PatronusData',
      ({ Resources }) => {
        Resources.Other = Resources[TABLE];
        delete Resources[TABLE];
      },
      `PatronusData.${TABLE} (AWS::DynamoDB::Table) is missing.`,
    ],
    [
      'an id of another type',
      'PatronusIngest',
      ({ Resources }) => (Resources[STREAM].Type = 'AWS::S3::Bucket'),
      `PatronusIngest.${STREAM} was AWS::Kinesis::Stream and is AWS::S3::Bucket.`,
    ],
    [
      'a table with other keys',
      'PatronusData',
      ({ Resources }) => Resources[TABLE].Properties.KeySchema.pop(),
      `PatronusData.${TABLE} (AWS::DynamoDB::Table) would be replaced: KeySchema has changed.`,
    ],
    [
      'a stream that gets a name',
      'PatronusIngest',
      ({ Resources }) => (Resources[STREAM].Properties.Name = 'reports'),
      `PatronusIngest.${STREAM} (AWS::Kinesis::Stream) would be replaced: Name has changed.`,
    ],
    [
      'a consumer that begins elsewhere',
      'PatronusIngest',
      ({ Resources }) => (Resources[MAPPING].Properties.StartingPosition = 'LATEST'),
      `PatronusIngest.${MAPPING} (AWS::Lambda::EventSourceMapping) would be replaced: StartingPosition has changed.`,
    ],
    [
      'a table that goes with its stack',
      'PatronusData',
      ({ Resources }) => (Resources[TABLE].DeletionPolicy = 'Delete'),
      `PatronusData.${TABLE} (AWS::DynamoDB::Table) had DeletionPolicy Retain, not Delete.`,
    ],
    [
      'an export that other stacks import',
      'PatronusData',
      ({ Outputs }) => {
        for (const [id, { Export }] of Object.entries<{ Export?: { Name: string } }>(Outputs)) {
          if (Export?.Name === EXPORT) delete Outputs[id];
        }
      },
      `PatronusData no longer exports ${EXPORT}: CloudFormation refuses that while another stack imports it.`,
    ],
  ];

  it.each(cases)('is detected: %s', (_, stack, change, sentence) => {
    const template = structuredClone(templates[stack]);
    change(template);
    expect(lossesOf(stack, before[stack]!, pinnedIn(template))).toEqual([sentence]);
  });
});
