import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { retentionOf, retentionSettings } from '../../../../core/history/retention-settings.ts';
import { makeApp } from '../../../../lib/patronus-app.ts';
import { stackTemplates } from '../../../support/stack-templates.ts';

const { templates, ingest, all, ofType } = stackTemplates();

describe('functions', () => {
  it('run on Node 24 and ARM, with their own log groups that keep a month', () => {
    const functions = ofType('AWS::Lambda::Function');
    expect(functions.length).toBeGreaterThan(0);
    for (const [, { Properties }] of functions) {
      expect(Properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] });
      const group = all.find(([id]) => id === Properties.LoggingConfig.LogGroup.Ref)?.[1];
      expect(group?.Properties.RetentionInDays).toBe(30);
    }
  });

  it('reserve no concurrency, which a new account refuses, unless it is set', () => {
    const reserved = (context: object) => {
      const { stacks } = makeApp({ 'aws:cdk:bundling-stacks': [], ...context });
      return Object.fromEntries(
        stacks
          .flatMap(stack => Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function')))
          .filter(({ Properties }) => Properties.ReservedConcurrentExecutions !== undefined)
          .map(({ Properties }) => [
            Properties.Environment.Variables.POWERTOOLS_SERVICE_NAME,
            Properties.ReservedConcurrentExecutions,
          ]),
      );
    };
    expect(reserved({})).toEqual({});
    expect(reserved({ api_concurrency: 200, shards: 4 })).toEqual({ api: 200, ingest: 4, snapshot: 1 });
  });

  it('take a snapshot each minute, with time limits before the next one', () => {
    ingest.hasResourceProperties('AWS::Lambda::Function', {
      Description: 'Every minute: stores the totals of all policies and lanes',
      Timeout: 55,
    });
    ingest.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(1 minute)',
      Target: { RetryPolicy: { MaximumRetryAttempts: 1, MaximumEventAgeInSeconds: 60 } },
    });
  });

  it('share one retention of history: the function that writes it and those that read it', () => {
    const given = { minute_retention_hours: 72, hour_retention_days: 30, day_retention_days: 400 };
    const { stacks } = makeApp({ 'aws:cdk:bundling-stacks': [], ...given });
    const kept = stacks
      .flatMap(stack => Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function')))
      .map(({ Properties }) => Properties.Environment.Variables)
      .filter(variables => 'MINUTE_RETENTION_HOURS' in variables);
    expect(kept.map(variables => variables.POWERTOOLS_SERVICE_NAME).sort()).toEqual([
      'api',
      'export',
      'snapshot',
      'snapshot-group',
    ]);
    const HOUR = 3_600_000;
    const settings = z.object(retentionSettings);
    for (const variables of kept) {
      expect(retentionOf(settings.parse(variables))).toEqual({
        MINUTE: 72 * HOUR,
        HOUR: 720 * HOUR,
        DAY: 9600 * HOUR,
      });
    }
  });
});

describe('stacks', () => {
  it('stay far below the 500 resources of the CloudFormation limit', () => {
    for (const template of templates) {
      expect(Object.keys(template.toJSON().Resources).length).toBeLessThan(400);
    }
  });
});
