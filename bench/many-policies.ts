import { DEFAULT_RETENTION } from '../core/history/resolution.ts';
import { takeSnapshot } from '../core/history/snapshot.ts';
import { putManyPolicies } from '../test/support/many-policies.ts';
import { MemoryTable } from '../test/support/memory-table.ts';
import type { BenchRow } from './bench-row.ts';
import { cpuMilliseconds, median } from './support/measure.ts';

const MANY = 50_000;
const FEW = 1000;
const START = Date.parse('2026-03-15T09:58:00Z');
const HOUR = 3_600_000;

/**
 * The snapshot that begins an hour, with many policy ids and with few: the cost of a policy must
 * not grow with their number.
 */
export async function run(): Promise<BenchRow[]> {
  const few = await microsecondsAPolicy(FEW, { rounds: 25 });
  const many = await microsecondsAPolicy(MANY, { rounds: 3 });
  const ratio = many / few;
  return [
    {
      name: `snapshot that begins an hour: CPU a policy, of ${MANY}`,
      value: many,
      unit: 'µs',
      peer: `of ${FEW}`,
      peer_value: few,
      ratio,
      threshold: 'ratio <= 2',
      ok: ratio <= 2,
      note: 'policies at rest, a table in memory; a minute and an hour sample each',
    },
  ];
}

async function microsecondsAPolicy(policies: number, { rounds }: { rounds: number }): Promise<number> {
  const { client } = new MemoryTable();
  const store = { client, table: 'traffic' };
  await putManyPolicies({ ...store, policies, heard_at: START });
  const snapshot = (at: number) =>
    takeSnapshot({
      store,
      scheduled_at: at,
      registered: [],
      retention: DEFAULT_RETENTION,
      clock: () => at,
      sleep: async () => {},
    });
  await snapshot(START);
  const times: number[] = [];
  for (let hour = 1; hour <= rounds; hour++) {
    times.push(await cpuMilliseconds(() => snapshot(START + hour * HOUR)));
  }
  return (median(times) * 1000) / policies;
}
