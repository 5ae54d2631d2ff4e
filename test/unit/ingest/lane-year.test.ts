import { describe, expect, it } from 'vitest';
import { ingest } from '../../../core/ingest/ingest.ts';
import { LaneMemory } from '../../../core/ingest/lane-memory.ts';
import { QuarantineMemory } from '../../../core/ingest/quarantine-memory.ts';
import { readLanesOfEdge } from '../../../core/ledger/figures/read-lanes.ts';
import { auditTraffic } from '../../../core/ledger/figures/traffic-audit.ts';
import { laneTotals } from '../../../core/ledger/lane/lane-totals.ts';
import { laneKey } from '../../../core/ledger/lane-keys.ts';
import { FakeDynamoDb } from '../../support/fake-dynamodb.ts';
import { ingestContext } from '../../support/ingest-context.ts';
import { itemBytes, transactionWriteUnits } from '../../support/item-bytes.ts';
import { seededRandom } from '../../support/random.ts';
import { reportRecord, T0 } from '../../support/report-records.ts';

const TABLES = { audit: 'audit', network: 'network', traffic: 'traffic', cache: 'cache' };
const DAY_MS = 86_400_000;
const DAYS = 365;
const REPORTS_A_DAY = 4;
const LIVE = 20;

interface Churn {
  seed: number;
  /** Policies that are replaced by new ones, a day. */
  replaced: number;
  /** Probability a day that a replaced policy returns. */
  returns: number;
  /** Probability a day of a reboot. */
  reboots: number;
}

/**
 * A year of one edge whose reports name only policies in use. Returns what was written, and the
 * counts that are due.
 */
async function year({ seed, replaced, returns, reboots }: Churn) {
  const random = seededRandom(seed);
  const store = new FakeDynamoDb();
  const memory = new LaneMemory();
  const quarantined = new QuarantineMemory();
  const due = new Map<string, bigint>();
  const old: string[] = [];
  let made = LIVE;
  let live = Array.from({ length: LIVE }, (_, i) => `p${i}`);
  let boot = { id: 'boot-0', seq: 0, totals: new Map<string, bigint>() };
  let largest = 0;
  const units: number[] = [];
  for (let day = 0; day < DAYS; day++) {
    old.push(...live.splice(0, replaced));
    while (live.length < LIVE) live.push(`p${made++}`);
    if (old.length > 0 && random.chance(returns)) live = [...live.slice(1), random.pick(old)];
    if (random.chance(reboots)) boot = { id: `boot-${day}`, seq: 0, totals: new Map() };
    store.transactionItemBytes.length = 0;
    for (let report = 0; report < REPORTS_A_DAY; report++) {
      const at_ms = day * DAY_MS + report * (DAY_MS / REPORTS_A_DAY);
      const policies = [...new Set(live)].map(policy_id => {
        const more = BigInt(random.below(1000));
        const packets = (boot.totals.get(policy_id) ?? 0n) + more;
        boot.totals.set(policy_id, packets);
        due.set(policy_id, (due.get(policy_id) ?? 0n) + more);
        return { policy_id, packets, bytes: packets * 700n };
      });
      const sketch = { boot_id: boot.id, seq: ++boot.seq, sent_ms: at_ms, policies };
      const context = ingestContext({
        client: store.client,
        tables: TABLES,
        memory,
        quarantined,
        flow_log_ttl_hours: undefined,
      });
      expect(
        await ingest([reportRecord(sketch, { sequence: boot.seq, arrived_ms: at_ms })], context),
      ).toEqual([]);
      expect(context.tally.ReportsQuarantined).toBe(0);
      const { pk, sk } = laneKey('edge-1', 0);
      largest = Math.max(largest, itemBytes(store.items.get(`${pk}\u0000${sk}`)!));
    }
    units.push(store.transactionItemBytes.reduce((sum, bytes) => sum + transactionWriteUnits(bytes), 0));
  }
  return { store, due, largest, units };
}

const mean = (numbers: number[]) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;

describe('a year of an edge whose policies change every day', () => {
  it.each<Churn & { bytes: number }>([
    { seed: 1, replaced: 1, returns: 0, reboots: 0, bytes: 1500 },
    { seed: 2, replaced: 1, returns: 0.3, reboots: 0.05, bytes: 1500 },
    { seed: 3, replaced: 19, returns: 0.3, reboots: 0, bytes: 4000 },
    { seed: 4, replaced: 19, returns: 0.3, reboots: 0.02, bytes: 4000 },
  ])(
    'stays small and exact: $replaced new policies a day, returns $returns, reboots $reboots',
    async given => {
      const { store, due, largest, units } = await year(given);
      const db = { client: store.client, tables: TABLES };
      const [lane] = await readLanesOfEdge(store.client, TABLES, 'edge-1');
      const shown = new Map(laneTotals(lane!).map(({ policy_id, packets }) => [policy_id, packets]));
      expect(shown).toEqual(due);
      const clock = () => T0;
      const audit = await auditTraffic({ ...db, clock, deadline: T0 + 1 });
      expect(audit).toMatchObject({ policies: due.size, mismatches: [] });

      expect(largest).toBeLessThan(given.bytes);
      // The last month costs as much as the second one: nothing grows with the years.
      expect(mean(units.slice(-30))).toBeLessThan(mean(units.slice(30, 60)) * 1.25);
      const segments = store.dump().filter(({ pk }) => pk === 'IDLE#edge-1');
      expect(segments.length).toBeGreaterThan(20);
      expect(idleOf(lane!).length).toBeLessThan(14);
    },
  );
});

const idleOf = ({ idle }: { idle: readonly unknown[] }) => idle;
