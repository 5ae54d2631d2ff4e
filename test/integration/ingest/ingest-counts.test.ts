import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ingest } from '../../../core/ingest/ingest.ts';
import { readCounters } from '../../../core/ledger/figures/read-counters.ts';
import { ingestContext } from '../../support/ingest-context.ts';
import { NO_RATES } from '../../support/no-rates.ts';
import { reportRecord } from '../../support/report-records.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

describe('ingest', () => {
  let db: TestTables;
  beforeEach(async () => {
    db = await createTables();
  });
  afterEach(() => db.drop());

  it('counts the totals of a first report', async () => {
    const context = ingestContext(db);
    const records = [
      reportRecord({
        policies: [
          { policy_id: '7', packets: 10n, bytes: 2n ** 60n, active_flows: 3 },
          { policy_id: 'default', packets: 1n, bytes: 40n, active_flows: 1 },
        ],
      }),
    ];
    expect(await ingest(records, context)).toEqual([]);
    expect(await readCounters(db.client, db.tables)).toEqual(
      new Map([
        ['7', { packets: 10n, bytes: 2n ** 60n, estimated_bytes: 0n, active_flows: 3, ...NO_RATES }],
        ['default', { packets: 1n, bytes: 40n, estimated_bytes: 0n, active_flows: 1, ...NO_RATES }],
      ]),
    );
  });
});
