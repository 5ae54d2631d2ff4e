import { App, type Stack, Tags } from 'aws-cdk-lib';
import { ApiStack } from './api-stack.ts';
import { DashboardStack } from './dashboard-stack.ts';
import { DataStack } from './data-stack.ts';
import { EventsStack } from './events-stack.ts';
import { ExportStack } from './export-stack.ts';
import { FlowLogStack } from './flow-log-stack.ts';
import { IngestStack } from './ingest-stack.ts';
import { readContext } from './read-context.ts';
import { type StackPart, stackName } from './stage.ts';
import { WebStack } from './web-stack.ts';

/**
 * Feature flags of the CDK. They are set here and not in cdk.json, because the one-machine runtime
 * runs the app without the command line.
 */
const FEATURE_FLAGS = {
  '@aws-cdk/core:checkSecretUsage': true,
  // A stack can't remove resources that another one uses.
  '@aws-cdk/core:defaultCrossStackReferences': 'strong',
};

/**
 * Makes all stacks. `context` has settings and other context of the CDK; the command line's context
 * takes precedence.
 */
export function makeApp(context: Record<string, unknown> = {}): { app: App; stacks: Stack[] } {
  const app = new App({ context: { ...FEATURE_FLAGS, ...context } });
  const settings = readContext(app.node);
  const { stage } = settings;
  const name = (part: StackPart) => stackName(stage, part);
  const data = new DataStack(app, name('Data'), { settings });
  const flows = new FlowLogStack(app, name('FlowLog'), { settings, data });
  const exports = new ExportStack(app, name('Export'), { settings, data, flows });
  const ingest = new IngestStack(app, name('Ingest'), { settings, data, exports, flows });
  const api = new ApiStack(app, name('Api'), { settings, data, exports, flows });
  const events = new EventsStack(app, name('Events'), { settings, data, api });
  const stacks: Stack[] = [data, ingest, api, events, exports, flows];
  const web = settings.web ? new WebStack(app, name('Web'), { settings, api }) : undefined;
  if (web) stacks.push(web);
  if (settings.dashboard) {
    const watched = [...stacks];
    stacks.push(
      new DashboardStack(app, name('Dashboard'), { stage, data, ingest, api, watched, consoleUrl: web?.url }),
    );
  }
  for (const stack of stacks) stack.terminationProtection = stage.terminationProtection;
  Tags.of(app).add('project', 'patronus');
  Tags.of(app).add('stage', stage.name);
  return { app, stacks };
}
