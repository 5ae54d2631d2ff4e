// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are CloudFormation's placeholders
import { describe, expect, it } from 'vitest';
import { checkDeployment } from '../../../local/resources/check-deployment.ts';
import type { CloudAssembly } from '../../../local/template/cloud-assembly.ts';
import { makeDeployment } from '../../../local/template/deployment.ts';

interface StackParts {
  Resources?: Record<string, { Type: string; Properties?: Record<string, unknown>; Condition?: string }>;
  [section: string]: unknown;
}

function assembly(stacks: Record<string, StackParts>): CloudAssembly {
  return {
    assetFolders: new Map(),
    stacks: Object.entries(stacks).map(([name, { Resources = {}, ...sections }]) => ({
      name,
      template: {
        Parameters: {},
        Mappings: {},
        Conditions: {},
        Outputs: {},
        ...sections,
        Resources: Object.fromEntries(
          Object.entries(Resources).map(([id, resource]) => [id, { Properties: {}, ...resource }]),
        ),
      } as CloudAssembly['stacks'][number]['template'],
    })),
  };
}

/** Resolves one value in stack Main, beside a queue and a stack that exports its name. */
function resolve(value: unknown, sections: StackParts = {}): unknown {
  const deployment = makeDeployment(
    assembly({
      Base: {
        Resources: { Table: { Type: 'AWS::DynamoDB::Table' } },
        Outputs: { Name: { Value: { Ref: 'Table' }, Export: { Name: 'Base:Table' } } },
      },
      Main: {
        ...sections,
        Resources: {
          Subject: { Type: 'AWS::SQS::Queue', Properties: { value } },
          Other: { Type: 'AWS::SQS::Queue' },
        },
      },
    }),
    ({ stack, logicalId }) => ({ Ref: `${stack}/${logicalId}`, Arn: `arn:${logicalId}` }),
  );
  const subject = deployment.resources.find(({ logicalId }) => logicalId === 'Subject')!;
  return deployment.properties(subject).value;
}

describe('intrinsic functions of a template', () => {
  it.each([
    ['a reference', { Ref: 'Other' }, 'Main/Other'],
    ['a pseudo parameter', { Ref: 'AWS::Region' }, 'eu-central-1'],
    ['the name of the stack', { Ref: 'AWS::StackName' }, 'Main'],
    ['an attribute', { 'Fn::GetAtt': ['Other', 'Arn'] }, 'arn:Other'],
    ['an attribute in one text', { 'Fn::GetAtt': 'Other.Arn' }, 'arn:Other'],
    ['a joined text', { 'Fn::Join': ['-', ['a', { Ref: 'Other' }, 'b']] }, 'a-Main/Other-b'],
    [
      'a text that contains names',
      { 'Fn::Sub': '${AWS::AccountId}:${Other}:${Other.Arn}' },
      '000000000000:Main/Other:arn:Other',
    ],
    [
      'a text with values of its own',
      { 'Fn::Sub': ['${x}${!y}', { x: { Ref: 'Other' } }] },
      'Main/Other${y}',
    ],
    ['an export of another stack', { 'Fn::ImportValue': 'Base:Table' }, 'Base/Table'],
    ['a part of a split text', { 'Fn::Select': [1, { 'Fn::Split': ['/', { Ref: 'Other' }] }] }, 'Other'],
    ['base64', { 'Fn::Base64': 'a' }, 'YQ=='],
    ['a list with a removed item', ['a', { Ref: 'AWS::NoValue' }], ['a']],
    [
      'an object with a removed property',
      { a: { Ref: 'AWS::NoValue' }, b: [{ Ref: 'Other' }] },
      { b: ['Main/Other'] },
    ],
  ])('resolves %s', (_, value, expected) => {
    expect(resolve(value)).toEqual(expected);
  });

  it.each([
    ['Yes', 'then'],
    ['No', 'else'],
    ['Either', 'then'],
    ['Both', 'else'],
  ])('evaluates condition %s', (condition, expected) => {
    const Conditions = {
      Yes: { 'Fn::Equals': [{ Ref: 'Size' }, 'big'] },
      No: { 'Fn::Not': [{ Condition: 'Yes' }] },
      Either: { 'Fn::Or': [{ Condition: 'No' }, { Condition: 'Yes' }] },
      Both: { 'Fn::And': [{ Condition: 'No' }, { Condition: 'Yes' }] },
    };
    const Parameters = { Size: { Default: 'big' } };
    expect(resolve({ 'Fn::If': [condition, 'then', 'else'] }, { Conditions, Parameters })).toBe(expected);
  });

  it('looks up mappings', () => {
    const Mappings = { Sizes: { 'eu-central-1': { memory: 512 } } };
    expect(resolve({ 'Fn::FindInMap': ['Sizes', { Ref: 'AWS::Region' }, 'memory'] }, { Mappings })).toBe(512);
  });

  it.each([
    [
      'an unknown function',
      { a: [{ 'Fn::Cidr': [] }] },
      "Main.Subject.value.a[0]: function Fn::Cidr isn't known here",
    ],
    ['an unknown name', { Ref: 'Nobody' }, 'Main: there is no resource Nobody'],
    [
      'an unknown attribute',
      { 'Fn::GetAtt': ['Other', 'Color'] },
      "Main.Other: attribute Color of AWS::SQS::Queue isn't known to the one-machine runtime",
    ],
    ['an unknown export', { 'Fn::ImportValue': 'x' }, 'Main: no stack exports x'],
    ['an unknown condition', { 'Fn::If': ['x', 1, 2] }, 'Main: there is no condition x'],
    [
      'something that should be a list',
      { 'Fn::Join': ['', { Ref: 'Other' }] },
      'Main.Subject.value: a list was expected, but it is "Main/Other"',
    ],
  ])('names the place of %s', (_, value, message) => {
    expect(() => resolve(value)).toThrow(expect.objectContaining({ name: 'TemplateError', message }));
  });

  it('omits resources whose condition is false', () => {
    const deployment = makeDeployment(
      assembly({
        Main: {
          Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
          Resources: {
            Here: { Type: 'AWS::SQS::Queue' },
            Gone: { Type: 'AWS::SQS::Queue', Condition: 'Never' },
          },
        },
      }),
      () => ({ Ref: '' }),
    );
    expect(deployment.resources.map(({ logicalId }) => logicalId)).toEqual(['Here']);
  });
});

describe('the check of a template', () => {
  const check = (Type: string, Properties: Record<string, unknown>) => () =>
    checkDeployment(assembly({ Main: { Resources: { Subject: { Type, Properties } } } }));

  it('accepts properties that have an effect, and those known to have none', () => {
    expect(check('AWS::SQS::Queue', { QueueName: 'a', SqsManagedSseEnabled: true })).not.toThrow();
    expect(check('AWS::CloudWatch::Alarm', { Whatever: 1 })).not.toThrow();
  });

  it('accepts references to resources that do not exist yet', () => {
    expect(
      check('AWS::AppSync::GraphQLSchema', { ApiId: { 'Fn::GetAtt': ['Subject', 'x'] }, Definition: '' }),
    ).not.toThrow();
  });

  it.each([
    [
      'an unknown type',
      'AWS::EC2::Instance',
      {},
      'Main.Subject: the one-machine runtime does not support resources of type AWS::EC2::Instance; add the type in local/resources/resource-types.ts, or remove the resource',
    ],
    [
      'an unknown property',
      'AWS::SQS::Queue',
      { FifoQueue: true },
      'Main.Subject.Properties.FifoQueue: the one-machine runtime does not support this property of AWS::SQS::Queue; add it in local/resources/, or remove it',
    ],
    [
      'an unknown property further in',
      'AWS::Scheduler::Schedule',
      {
        ScheduleExpression: 'rate(1 minute)',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: { Arn: 'x', EcsParameters: {} },
      },
      'Main.Subject.Properties.Target.EcsParameters: the one-machine runtime does not support this property of AWS::Scheduler::Schedule; add it in local/resources/, or remove it',
    ],
    [
      'a value that would run differently',
      'AWS::Lambda::EventSourceMapping',
      { EventSourceArn: 'a', FunctionName: 'f', StartingPosition: 'LATEST', ParallelizationFactor: 2 },
      "Main.Subject.Properties.ParallelizationFactor: the one-machine runtime does not support this AWS::Lambda::EventSourceMapping: only 1: more would not keep the order of an edge's reports",
    ],
  ])('rejects %s and names the place', (_, type, properties, message) => {
    expect(check(type, properties)).toThrow(expect.objectContaining({ name: 'TemplateError', message }));
  });
});
