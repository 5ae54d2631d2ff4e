import { Template } from 'aws-cdk-lib/assertions';
import { makeApp } from '../../lib/patronus-app.ts';

/** Facts for the bill from the stacks with default settings. */
export interface DeployedFacts {
  alarms: number;
  /** Megabytes of memory by function, the folder in functions/. */
  memory_mb: Record<string, number>;
  /** The changes of a table that the broadcast function receives. */
  broadcast_filters: Record<'audit' | 'network', { Pattern: string }[]>;
}

export function deployedFacts(): DeployedFacts {
  const { stacks } = makeApp({ 'aws:cdk:bundling-stacks': [] });
  const resources = stacks.flatMap(stack =>
    Object.values(Template.fromStack(stack).toJSON().Resources as Record<string, Resource>),
  );
  const functions = resources.filter(({ Type }) => Type === 'AWS::Lambda::Function');
  const filtersOf = (table: string) =>
    resources.find(
      ({ Type, Properties }) => Type === 'AWS::Lambda::EventSourceMapping' && isFrom(Properties!, table),
    )!.Properties!.FilterCriteria!.Filters;
  return {
    alarms: resources.filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm').length,
    memory_mb: Object.fromEntries(
      functions.flatMap(({ Properties }) => {
        const folder = Properties?.Environment?.Variables?.POWERTOOLS_SERVICE_NAME;
        return folder === undefined ? [] : [[folder, Properties!.MemorySize!]];
      }),
    ),
    broadcast_filters: { audit: filtersOf('Audit'), network: filtersOf('Network') },
  };
}

/** Whether an event source of the broadcast function reads the stream of a table. */
function isFrom(
  { FunctionName, EventSourceArn }: NonNullable<Resource['Properties']>,
  table: string,
): boolean {
  return (
    JSON.stringify(FunctionName).includes('"Broadcast') &&
    JSON.stringify(EventSourceArn).includes(`GetAtt${table}`)
  );
}

interface Resource {
  Type: string;
  Properties?: {
    MemorySize?: number;
    FunctionName?: unknown;
    EventSourceArn?: unknown;
    FilterCriteria?: { Filters: { Pattern: string }[] };
    Environment?: { Variables?: { POWERTOOLS_SERVICE_NAME?: string } };
  };
}
