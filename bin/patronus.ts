import { App, Tags } from 'aws-cdk-lib';
import { ApiStack } from '../lib/api-stack.ts';
import { DataStack } from '../lib/data-stack.ts';
import { EventsStack } from '../lib/events-stack.ts';
import { IngestStack } from '../lib/ingest-stack.ts';
import { readSettings } from '../lib/settings.ts';

const app = new App();
const settings = readSettings(name => app.node.tryGetContext(name));

const data = new DataStack(app, 'PatronusData', { settings });
new IngestStack(app, 'PatronusIngest', { settings, data });
const api = new ApiStack(app, 'PatronusApi', { settings, data });
new EventsStack(app, 'PatronusEvents', { settings, data, api });

Tags.of(app).add('project', 'patronus');
