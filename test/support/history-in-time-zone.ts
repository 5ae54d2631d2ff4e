// Runs in its own process, with TZ set: history around midnight of a day with a change of the
// clocks, from the API.

import { DEFAULT_RETENTION } from '../../core/history/resolution.ts';
import { LOCAL_CREDENTIALS } from '../../core/local-credentials.ts';
import { makeDocumentClient } from '../../core/storage/document-client.ts';
import { makeApi } from './api.ts';
import type { TestTables } from './tables.ts';
import { TrafficDay } from './traffic-day.ts';

const { endpoint, tables, date, hours } = JSON.parse(process.argv[2]!) as {
  endpoint: string;
  tables: TestTables['tables'];
  /** The UTC day. */
  date: string;
  /** Hours of the day at which a snapshot is taken; those after 24 belong to the next day. */
  hours: number[];
};

const client = makeDocumentClient({
  endpoint,
  region: 'eu-central-1',
  credentials: LOCAL_CREDENTIALS,
});
const db: TestTables = { client, tables, drop: async () => {} };
const start = Date.parse(`${date}T00:00:00Z`);
const day = new TrafficDay(db, { start, sites: ['site'], edges: 1, policies: 1 });
for (const hour of hours) await day.minute(hour * 60, { retention: DEFAULT_RETENTION });

const api = makeApi(db);
api.now = start + hours.at(-1)! * 3_600_000 + 1000;
const range = { from: `${date}T00:00:00Z`, to: new Date(api.now).toISOString() };
const ask = (resolution: string) =>
  api.data('Query.policyHistory', { policy_id: 'default', ...range, resolution });
const [byHour, byDay] = [await ask('HOUR'), await ask('DAY')];
client.destroy();
const offsetAt = (hour: number) => new Date(start + hour * 3_600_000).getTimezoneOffset();
const counted = hours.map(hour => Number(day.pairsOf(0, hour * 60)[0]!.packets));
console.log(
  JSON.stringify({
    offsets: [offsetAt(0), offsetAt(24)],
    counted,
    byHour: byHour.points,
    byDay: byDay.points,
  }),
);
