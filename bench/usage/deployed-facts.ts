import { Template } from 'aws-cdk-lib/assertions';
import { makeApp } from '../../lib/patronus-app.ts';

/** What the bill takes from the stacks with default settings. */
export interface DeployedFacts {
  alarms: number;
  /** Megabytes of memory by function, the folder in functions/. */
  memory_mb: Record<string, number>;
}

export function deployedFacts(): DeployedFacts {
  const { stacks } = makeApp({ 'aws:cdk:bundling-stacks': [] });
  const resources = stacks.flatMap(stack =>
    Object.values(Template.fromStack(stack).toJSON().Resources as Record<string, Resource>),
  );
  const functions = resources.filter(({ Type }) => Type === 'AWS::Lambda::Function');
  return {
    alarms: resources.filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm').length,
    memory_mb: Object.fromEntries(
      functions.flatMap(({ Properties }) => {
        const folder = Properties?.Environment?.Variables?.POWERTOOLS_SERVICE_NAME;
        return folder === undefined ? [] : [[folder, Properties!.MemorySize!]];
      }),
    ),
  };
}

interface Resource {
  Type: string;
  Properties?: {
    MemorySize?: number;
    Environment?: { Variables?: { POWERTOOLS_SERVICE_NAME?: string } };
  };
}
