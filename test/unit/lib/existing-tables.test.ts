import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { makeApp } from '../../../lib/patronus-app.ts';
import { SettingError } from '../../../lib/setting-error.ts';
import { readSettings } from '../../../lib/settings.ts';

const STREAM = 'arn:aws:dynamodb:eu-central-1:123456789012:table/net-restored/stream/2026-01-31T12:00:00.000';
const AUDIT_STREAM =
  'arn:aws:dynamodb:eu-central-1:123456789012:table/audit-restored/stream/2026-01-31T12:00:00.000';
const GIVEN = {
  audit_table: 'audit-restored',
  audit_stream_arn: AUDIT_STREAM,
  network_table: 'net-restored',
  network_stream_arn: STREAM,
  traffic_table: 'traffic-restored',
  cache_table: 'cache-restored',
};

describe('stacks on existing tables', () => {
  const templatesOf = (context: Record<string, unknown>) =>
    makeApp({ 'aws:cdk:bundling-stacks': [], ...context }).stacks.map(
      stack => [stack.stackName, Template.fromStack(stack)] as const,
    );
  const templates = templatesOf(GIVEN);
  const resources = templates.flatMap(([, template]) =>
    // biome-ignore lint/suspicious/noExplicitAny: a template is what CloudFormation makes of it
    Object.values(template.toJSON().Resources as Record<string, any>),
  );

  it('give every function the names of the tables, and read the stream of the given Network table', () => {
    const variables = resources.flatMap(({ Properties }) => Properties?.Environment?.Variables ?? []);
    const withTables = variables.filter(each => each.NETWORK_TABLE !== undefined);
    expect(withTables.length).toBeGreaterThan(5);
    for (const each of withTables) {
      expect(each).toMatchObject({
        AUDIT_TABLE: 'audit-restored',
        NETWORK_TABLE: 'net-restored',
        TRAFFIC_TABLE: 'traffic-restored',
        CACHE_TABLE: 'cache-restored',
      });
    }
    const sources = resources.filter(({ Type }) => Type === 'AWS::Lambda::EventSourceMapping');
    const arns = sources.map(({ Properties }) => Properties.EventSourceArn);
    expect(arns.filter(arn => arn === STREAM)).toHaveLength(2);
    expect(arns.filter(arn => arn === AUDIT_STREAM)).toHaveLength(1);
  });

  it('grant rights on the given tables only, and watch them', () => {
    const [, ...others] = templates;
    for (const [name, template] of others) {
      const text = JSON.stringify(template.toJSON());
      expect(text, name).not.toMatch(/ImportValue":"[^"]*(Audit|Network|Traffic|Cache)[0-9A-F]{8}/);
    }
    const rights = JSON.stringify(resources.filter(({ Type }) => Type === 'AWS::IAM::Policy'));
    for (const right of [
      'table/audit-restored"',
      'table/net-restored"',
      'table/traffic-restored"',
      'table/cache-restored/index/*',
    ]) {
      expect(rights).toContain(right);
    }
    const alarms = resources.filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm');
    expect(JSON.stringify(alarms)).toContain('"traffic-restored"');
  });

  it('keep their own tables, and all exports that other stacks import until their next deployment', () => {
    const data = templates[0]![1].toJSON();
    const tables = Object.values(data.Resources as Record<string, { Type: string }>);
    expect(tables.filter(({ Type }) => Type === 'AWS::DynamoDB::Table')).toHaveLength(4);
    const exported = (template: { Outputs?: object }) =>
      Object.values(template.Outputs ?? {}).flatMap(({ Export }) => Export?.Name ?? []);
    const before = templatesOf({})[0]![1].toJSON();
    expect(exported(data)).toEqual(expect.arrayContaining(exported(before)));
    expect(exported(before).length).toBeGreaterThan(5);
  });

  it.each([
    [{ network_table: 'net-restored' }, together('network')],
    [{ network_stream_arn: STREAM }, together('network')],
    [{ audit_table: 'audit-restored' }, together('audit')],
    [
      { audit_table: 'other', audit_stream_arn: AUDIT_STREAM },
      `Setting audit_stream_arn must be the stream of the table other (arn:aws:dynamodb:…:table/other/stream/…), but is "${AUDIT_STREAM}".`,
    ],
    [
      { network_table: 'other', network_stream_arn: STREAM },
      `Setting network_stream_arn must be the stream of the table other (arn:aws:dynamodb:…:table/other/stream/…), but is "${STREAM}".`,
    ],
    [
      { traffic_table: 'a b' },
      'Setting traffic_table must be the name of a table (3 to 255 letters, digits, _ . -), but is "a b".',
    ],
    [{ traffic_table: '' }, `Setting traffic_table must be a text that isn't empty, but is "".`],
    [
      { traffic_table: 'same', cache_table: 'same' },
      'Settings audit_table, network_table, traffic_table and cache_table must name different tables.',
    ],
  ])('reject %j', (given: Record<string, unknown>, sentence) => {
    expect(() => readSettings(name => given[name])).toThrow(new SettingError(sentence));
  });
});

function together(table: string): string {
  return `Settings ${table}_table and ${table}_stream_arn must be given together: npm run recover -- adopt prints both.`;
}
