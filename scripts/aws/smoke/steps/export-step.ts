import { z } from 'zod';
import { EdgeError } from '../../../../edge/edge-error.ts';
import { eventually } from '../eventually.ts';
import { type Bench, madeOf, type SmokeStep } from '../smoke-step.ts';

const HISTORY = `query ($from: AWSDateTime!, $to: AWSDateTime!) {
  trafficHistory(from: $from, to: $to, resolution: MINUTE) { points { packets_total_exact } } }`;
const START = `mutation ($input: ExportInput!, $token: String) {
  startExport(input: $input, client_token: $token) { id } }`;
const LOOK = 'query ($id: ID!) { export(id: $id) { status rows error expires_at } }';
const LINK = 'mutation ($id: ID!) { exportLink(id: $id) { url } }';

const history = z.object({
  trafficHistory: z.object({ points: z.array(z.object({ packets_total_exact: z.string().nullable() })) }),
});
const started = z.object({ startExport: z.object({ id: z.string() }) });
const state = z.object({
  export: z.object({ status: z.string(), error: z.string().nullable(), expires_at: z.string() }),
});
const link = z.object({ exportLink: z.object({ url: z.url() }) });
const row = z.object({ packets_total: z.string().nullable() });

/** A snapshot is taken each minute. */
const SNAPSHOT_WITHIN_S = 240;
const WRITTEN_WITHIN_S = 120;
const MINUTE_MS = 60_000;
/** The number of last minutes of history to export. */
const MINUTES = 15;

export const exportStep: SmokeStep = {
  name: 'export',
  proves: 'history is stored, an export of it is written, its link opens, and the file has the same figures',
  needs: ['sign-in'],
  async run(bench) {
    const admin = madeOf(bench, 'admin');
    const { range, totals } = await readHistory(bench);
    const input = { kind: 'HISTORY', format: 'JSONL', resolution: 'MINUTE', ...range };
    const { id } = started.parse(
      await admin.query(START, { input, token: `smoke-${bench.run_id}` }),
    ).startExport;
    const { expires_at } = await eventually(bench, {
      what: 'the export to be written',
      limit_s: WRITTEN_WITHIN_S,
      async look() {
        const { export: it } = state.parse(await admin.query(LOOK, { id }));
        if (it.status === 'FAILED') throw new EdgeError(`The export failed: ${it.error}`);
        return it.status === 'DONE' ? it : undefined;
      },
    });
    const { url } = link.parse(await admin.query(LINK, { id })).exportLink;
    const file = await fetch(url, { signal: bench.signal });
    if (!file.ok) throw new EdgeError(`The link of the export returned status ${file.status}.`);
    const rows = (await file.text()).split('\n').filter(line => line !== '');
    const inFile = rows.map(line => row.parse(JSON.parse(line)).packets_total);
    if (JSON.stringify(inFile) !== JSON.stringify(totals)) {
      throw new EdgeError(
        `The file has the totals ${inFile.join(', ')}, and the history from ${range.from} to ${range.to} has ${totals.join(', ')}.`,
      );
    }
    return `${totals.filter(total => total !== null).length} minutes of history; the file expires on ${expires_at.slice(0, 10)}`;
  },
};

interface KnownHistory {
  range: { from: string; to: string };
  /** The total packets at each minute; null: it has no snapshot. */
  totals: (string | null)[];
}

/** The last minutes that certainly have snapshots; waits for them if the system is new. */
function readHistory(bench: Bench): Promise<KnownHistory> {
  const admin = madeOf(bench, 'admin');
  return eventually(bench, {
    what: 'the first minute of history',
    limit_s: SNAPSHOT_WITHIN_S,
    // A history query costs 10 of the 240 units that an administrator has for a minute.
    every_ms: 10_000,
    async look() {
      const to = Math.floor(bench.clock() / MINUTE_MS - 1) * MINUTE_MS;
      const range = { from: timeText(to - MINUTES * MINUTE_MS), to: timeText(to) };
      const { points } = history.parse(await admin.query(HISTORY, range)).trafficHistory;
      const totals = points.map(({ packets_total_exact }) => packets_total_exact);
      return totals.some(total => total !== null) ? { range, totals } : undefined;
    },
  });
}

const timeText = (ms: number): string => new Date(ms).toISOString();
