import { App, Tags } from 'aws-cdk-lib';
import { ApiStack } from '../lib/api-stack.ts';
import { DataStack } from '../lib/data-stack.ts';
import { IngestStack } from '../lib/ingest-stack.ts';
import { readSettings } from '../lib/settings.ts';

const app = new App();
const settings = readSettings(name => app.node.tryGetContext(name));

const data = new DataStack(app, 'PatronusData', { settings });
new IngestStack(app, 'PatronusIngest', { settings, data });
new ApiStack(app, 'PatronusApi', { settings, data });

Tags.of(app).add('project', 'patronus');
