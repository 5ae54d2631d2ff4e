import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { App } from 'aws-cdk-lib';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { describe, expect, it } from 'vitest';
import { readContext } from '../../../lib/read-context.ts';
import { checkRegion } from '../../../lib/region.ts';
import { readSettings } from '../../../lib/settings.ts';

const run = promisify(execFile);

const refusal = (act: () => unknown): unknown => {
  try {
    return act();
  } catch (cause) {
    return (cause as Error).message;
  }
};
const read = (context: Record<string, unknown>) => readContext(new App({ context }).node);

describe('the context of a deployment', () => {
  const names: string[] = [];
  readSettings(name => void names.push(name));
  const all = names.sort().join(', ');

  it.each([
    [{ alarm_mail: 'ops@example.com', shards: 2 }, 'Setting alarm_mail is unknown.'],
    [{ 'alarm-email': 'a', Shards: 2 }, 'Settings alarm-email, Shards are unknown.'],
  ])('is rejected with an unknown setting: %j', (context, unknown) => {
    expect(names).toEqual(expect.arrayContaining(['alarm_email', 'audit_stream_arn', 'stage']));
    expect(refusal(() => read(context))).toBe(`${unknown} There are ${all}.`);
  });

  it('may contain values of the CDK itself', () => {
    const context = {
      '@aws-cdk/core:checkSecretUsage': true,
      'aws:cdk:bundling-stacks': [],
      'availability-zones:account=1:region=eu-central-1': ['a'],
      'cli-telemetry': false,
      'acknowledged-issue-numbers': [1],
      shards: '3',
    };
    expect(read(context)).toMatchObject({ shards: 3 });
  });
});

const LACKING = {
  'AWS AppSync': ['ap-east-2', 'ap-southeast-6', 'mx-central-1', 'us-gov-east-1', 'us-gov-west-1'],
  'Amazon Cognito user pools': ['cn-north-1', 'cn-northwest-1'],
};
const known = RegionInfo.regions.map(({ name }) => name);

describe('the region of a deployment', () => {
  it.each([[undefined], [''], ['eu-central-1'], ['us-east-1'], ['ap-southeast-7']])('may be %j', region => {
    expect(checkRegion(region)).toBeUndefined();
  });

  it('must be one that the CDK knows: synth lists them', () => {
    expect(refusal(() => checkRegion('eu-cental-1'))).toBe(
      `Region eu-cental-1 is unknown to this release's AWS CDK. It may be one of ${known.join(', ')}.`,
    );
  });

  it.each(Object.entries(LACKING).flatMap(([service, regions]) => regions.map(region => [region, service])))(
    'cannot be %s, which lacks %s: synth lists those with every service',
    (region, service) => {
      const whole = known.filter(name => !Object.values(LACKING).flat().includes(name));
      expect(refusal(() => checkRegion(region))).toBe(
        `Region ${region} has no ${service}, which Patronus needs. It may be one of ${whole.join(', ')}.`,
      );
    },
  );
});

describe('cdk synth', () => {
  it.each([
    [{ CDK_CONTEXT_JSON: '{"stage":"prd"}' }, /^Setting stage must be [^\n]+, but is "prd"\.\n$/],
    [{ CDK_DEFAULT_REGION: 'mx-central-1' }, /^Region mx-central-1 has no AWS AppSync, [^\n]+\.\n$/],
  ])('stops with one sentence at %j', async (given, sentence) => {
    const env = { PATH: process.env.PATH, ...given };
    const failure = await run(process.execPath, ['bin/patronus.ts'], { env }).catch(cause => cause);
    expect(failure).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(sentence) });
  });
});
