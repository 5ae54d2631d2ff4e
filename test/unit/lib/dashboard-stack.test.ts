import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { CACHE_HIT_RATE, METRICS } from '../../../functions/metrics.ts';
import { CACHE_NAMES } from '../../../functions/product-caches.ts';
import { makeApp } from '../../../lib/patronus-app.ts';
import { projectText } from '../../support/project-files.ts';

// biome-ignore lint/suspicious/noExplicitAny: a template is what CloudFormation makes of it
type Json = any;

const { stacks } = makeApp({ 'aws:cdk:bundling-stacks': [] });
const template = Template.fromStack(stacks.find(({ stackName }) => stackName === 'PatronusDashboard')!);
const widgets = bodyOf(template).widgets;
const graphs = widgets.filter(({ type }: Json) => type === 'metric');

/** The body with a placeholder for values that are known at the deployment. */
function bodyOf(of: Template): Json {
  const [dashboard, ...others] = Object.values(of.findResources('AWS::CloudWatch::Dashboard'));
  expect(others).toEqual([]);
  const parts: Json[] = dashboard!.Properties.DashboardBody['Fn::Join'][1];
  return JSON.parse(
    parts
      .map(part =>
        typeof part === 'string'
          ? part
          : (part.Ref ?? `${part['Fn::GetStackOutput'].StackName}.${part['Fn::GetStackOutput'].OutputName}`),
      )
      .join(''),
  );
}

interface Shown {
  namespace: string;
  name: string;
  dimensions: Record<string, string>;
  label: string;
}

/** The metrics of a graph; computed ones have none of their own, but those in their expressions. */
function metricsOf({ properties }: Json): Shown[] {
  return properties.metrics
    .filter(([first]: Json[]) => typeof first === 'string')
    .map((metric: Json[]) => {
      const { label } = metric.at(-1);
      const [namespace, name, ...pairs] = metric.slice(0, -1) as string[];
      const dimensions: Record<string, string> = {};
      for (let at = 0; at < pairs.length; at += 2) dimensions[pairs[at]!] = pairs[at + 1]!;
      return { namespace, name, dimensions, label };
    });
}

/**
 * Of AWS's namespaces: the metrics with this one dimension (CloudWatch's documentation of each
 * service).
 */
const AWS_METRICS: Record<string, { dimension: string; metrics: string[] }> = {
  'AWS/Lambda': {
    dimension: 'FunctionName',
    metrics: ['Errors', 'Throttles', 'Invocations', 'Duration', 'IteratorAge'],
  },
  'AWS/DynamoDB': {
    dimension: 'TableName',
    metrics: [
      'ConsumedReadCapacityUnits',
      'ConsumedWriteCapacityUnits',
      'ReadThrottleEvents',
      'WriteThrottleEvents',
    ],
  },
  'AWS/Kinesis': {
    dimension: 'StreamName',
    metrics: ['IncomingRecords', 'IncomingBytes', 'WriteProvisionedThroughputExceeded'],
  },
  'AWS/AppSync': { dimension: 'GraphQLAPIId', metrics: ['4XXError', '5XXError', 'Latency'] },
  'AWS/SQS': { dimension: 'QueueName', metrics: ['ApproximateNumberOfMessagesVisible'] },
};

describe('the dashboard', () => {
  it('shows our own metrics under the dimensions with which functions emit them', () => {
    const emitted = [
      ...Object.entries(METRICS).flatMap(([service, names]) => names.map(name => ({ name, service }))),
      ...CACHE_NAMES.map(cache => ({ name: CACHE_HIT_RATE, service: 'caches', cache })),
    ];
    const shown = graphs.flatMap(metricsOf).filter(({ namespace }: Shown) => namespace === 'Patronus');
    expect(shown.length).toBeGreaterThan(10);
    for (const { name, dimensions } of shown) expect(emitted).toContainEqual({ name, ...dimensions });
  });

  it('shows existing metrics of AWS, each of one resource', () => {
    const shown = graphs.flatMap(metricsOf).filter(({ namespace }: Shown) => namespace !== 'Patronus');
    expect(shown.length).toBeGreaterThan(30);
    for (const { namespace, name, dimensions } of shown) {
      const { dimension, metrics } = AWS_METRICS[namespace]!;
      expect(metrics, namespace).toContain(name);
      expect(Object.keys(dimensions)).toEqual([dimension]);
    }
  });

  it('shows every function, table and queue', () => {
    const of = (namespace: string, name: string) =>
      graphs
        .flatMap(metricsOf)
        .filter((shown: Shown) => shown.namespace === namespace && shown.name === name)
        .map(({ dimensions }: Shown) => Object.values(dimensions)[0]);
    const count = (type: string) =>
      stacks.flatMap(stack => Object.keys(Template.fromStack(stack).findResources(type))).length;
    // The one that publishes the console runs while stacks are deployed.
    expect(new Set(of('AWS/Lambda', 'Errors')).size).toBe(count('AWS::Lambda::Function') - 1);
    expect(new Set(of('AWS/DynamoDB', 'ConsumedWriteCapacityUnits')).size).toBe(4);
    expect(new Set(of('AWS/SQS', 'ApproximateNumberOfMessagesVisible')).size).toBe(count('AWS::SQS::Queue'));
    const { alarms } = widgets.find(({ type }: Json) => type === 'alarm').properties;
    expect(new Set(alarms).size).toBe(count('AWS::CloudWatch::Alarm'));
  });

  it('has a title, a unit and labels in words on every graph', () => {
    for (const { properties } of graphs) {
      expect(properties.title).toMatch(/^[A-Z][a-zA-Z ,:-]+$/);
      expect(properties.yAxis.left, properties.title).toEqual({
        label: expect.stringMatching(/^[a-z][a-z -]+$/),
        min: 0,
        showUnits: false,
      });
      for (const metric of properties.metrics) expect(metric.at(-1).label, properties.title).toMatch(/./);
    }
  });

  it('computes expressions from metrics of the same graph', () => {
    const computed = graphs.flatMap(({ properties }: Json) => {
      const ids = properties.metrics.map((metric: Json[]) => metric.at(-1).id);
      return properties.metrics
        .map((metric: Json[]) => metric.at(-1).expression)
        .filter((expression: string | undefined) => expression !== undefined)
        .map((expression: string) => ({ ids, used: expression.match(/\b[a-z]\w*/g)! }));
    });
    expect(computed.length).toBeGreaterThan(5);
    for (const { ids, used } of computed) expect(ids).toEqual(expect.arrayContaining(used));
  });

  it('fills rows of 24 columns without overlap', () => {
    const taken = new Set<string>();
    for (const { x, y, width, height } of widgets) {
      expect(x + width).toBeLessThanOrEqual(24);
      for (let column = x; column < x + width; column++) {
        for (let line = y; line < y + height; line++) {
          expect(taken).not.toContain(`${column} ${line}`);
          taken.add(`${column} ${line}`);
        }
      }
    }
    const bottom = Math.max(...widgets.map(({ y, height }: Json) => y + height));
    expect(taken.size, 'there are holes').toBe(24 * bottom);
  });

  it('begins with links to the runbook and the console', () => {
    expect(widgets[0]).toMatchObject({ type: 'text', x: 0, y: 0 });
    expect(widgets[0].properties.markdown).toContain('docs/runbook.md');
    expect(widgets[0].properties.markdown).toContain('[console](https://PatronusWeb.');
    expect(projectText('docs/runbook.md')).toMatch(/^# Runbook\n/);
  });

  it('does not block another stack: it exports nothing and imports nothing', () => {
    expect(JSON.stringify(template.toJSON())).not.toContain('Fn::ImportValue');
  });

  it('stays below the limits of CloudWatch: 500 widgets, 500 metrics a graph', () => {
    expect(widgets.length).toBeLessThan(500);
    for (const graph of graphs) expect(graph.properties.metrics.length).toBeLessThan(500);
  });

  it('can be left out', () => {
    const names = (context: object) =>
      makeApp({ 'aws:cdk:bundling-stacks': [], ...context }).stacks.map(({ stackName }) => stackName);
    expect(names({ dashboard: 'false' })).not.toContain('PatronusDashboard');
    expect(names({ web: 'false' })).toContain('PatronusDashboard');
  });
});
