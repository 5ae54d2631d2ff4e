import type { LaneItem } from '../ledger/figures/read-lanes.ts';
import { laneKey } from '../ledger/lane-keys.ts';
import { decodeLane } from '../ledger/packing/lane-codec.ts';
import { PackedDataUnreadable, readOrUnreadable } from '../ledger/packing/packed-item.ts';
import { readItems } from '../storage/batch-get.ts';
import { keyText } from '../storage/item.ts';
import { gaugeWrite, writeGauges } from './gauge-writes.ts';
import type { IngestContext } from './ingest-context.ts';
import type { FewerParts } from './lane-step.ts';
import { untilDeadline } from './until-deadline.ts';

/**
 * Withdraws the gauges of parts that an edge's new boot no longer has, because no report of them
 * will. Repeating changes nothing. After the deadline, the clean-up does it once the parts are
 * silent.
 */
export async function withdrawFewerParts(
  edges: readonly FewerParts[],
  context: IngestContext,
): Promise<void> {
  const lanes = edges.flatMap(edge =>
    Array.from({ length: edge.parts_before - edge.parts }, (_, index) => ({
      ...edge,
      part: edge.parts + index,
    })),
  );
  if (lanes.length === 0) return;
  const keys = lanes.map(({ edge_id, part }) => laneKey(edge_id, part));
  const distinct = [...new Map(keys.map(key => [keyText(key), key])).values()];
  const reading = readItems(distinct, { ...context, table: context.tables.traffic });
  const items = await untilDeadline(reading);
  if (!items) return;
  const writes = new Map<string, NonNullable<ReturnType<typeof gaugeWrite>>>();
  for (const { edge_id, part, sent_at_ms } of lanes) {
    const key = keyText(laneKey(edge_id, part));
    const row = items.get(key) as Pick<LaneItem, 'version' | 'data' | 'listed'> | undefined;
    const lane = row && readOrUnreadable(() => decodeLane({ edge_id, part }, row.data));
    if (!row || !lane || lane instanceof PackedDataUnreadable) continue;
    // A part that is of a later boot has gauges of its own.
    if (lane.sent_at_ms > sent_at_ms) continue;
    const write = gaugeWrite({ edge_id, part, ...row }, lane);
    if (write) writes.set(key, write);
  }
  await writeGauges([...writes.values()], context);
  for (const { item } of writes.values()) context.memory.forget(item);
}
