import type { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { expect, it } from 'vitest';
import { ValidationError } from '../../../core/errors.ts';
import { packMark } from '../../../core/history/packed-sample.ts';
import { readTrafficHistory } from '../../../core/history/points/traffic-history.ts';
import { DEFAULT_RETENTION } from '../../../core/history/resolution.ts';
import { newLane } from '../../../core/ledger/lane/lane.ts';
import { encodeLane } from '../../../core/ledger/packing/lane-codec.ts';
import { clientWith } from '../../support/fake-dynamodb.ts';

const MINUTE = 60_000;
const FROM = Date.parse('2026-03-15T00:00:00Z');
const MINUTES = 1440;

it('rejects a read of more minutely lane samples than one answer may hold', async () => {
  const data = encodeLane({
    ...newLane({ edge_id: '', part: 0 }),
    site_id: 'big',
    first_heard_at_ms: 0,
    last_heard_at_ms: 0,
    sent_at_ms: 0,
    seq: 0,
  });
  const lanes = Array.from({ length: 40 }, (_, edge) => ({ sk: `edge-${edge}#0`, version: 1, data }));
  const marks = Array.from({ length: MINUTES + 1 }, (_, minute) => {
    const at = FROM + minute * MINUTE;
    return {
      packed: packMark({
        at,
        taken_at: at,
        minute: at,
        edges_expected: 0,
        edges_heard: 0,
        lanes: 40,
        bad_lanes: 0,
      }),
    };
  });
  const client = clientWith(async command => {
    const pk = (command as QueryCommand).input.ExpressionAttributeValues?.[':pk'];
    return { Items: pk === 'LANE#00' ? lanes : pk === 'SNAPSHOT' ? marks : [] };
  });
  const now = FROM + MINUTES * MINUTE;
  const store = {
    client,
    table: 'traffic',
    clock: () => now,
    sleep: async () => {},
    random: () => 0,
    deadline: now + 1000,
  };
  const range = { from: FROM, to: now, resolution: 'MINUTE' } as const;
  const asked = readTrafficHistory(store, {
    ...{ range, filter: { site_id: 'big' }, now, retention: DEFAULT_RETENTION },
  });
  await expect(asked).rejects.toThrow(
    new ValidationError(
      '40 lanes at 1441 instants are more than the 50000 samples that one answer reads: ask for a coarser resolution, a shorter range or a single edge.',
    ),
  );
});
