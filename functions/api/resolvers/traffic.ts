import { z } from 'zod';
import { presentActiveFlows } from '../../../core/answers/present-active-flows.ts';
import { presentCompleteness } from '../../../core/answers/present-completeness.ts';
import { presentSum } from '../../../core/answers/present-counts.ts';
import { presentCountedSince, presentRate } from '../../../core/answers/present-rate.ts';
import { readLastCompleteness } from '../../../core/history/last-completeness.ts';
import { HeardEdges } from '../../../core/inventory/edges/completeness.ts';
import { readServedEdges } from '../../../core/inventory/edges/read-edges.ts';
import { readAllLanes } from '../../../core/ledger/figures/read-lanes.ts';
import { readShownTotals } from '../../../core/ledger/figures/shown-counters.ts';
import { timestamp } from '../../../core/storage/store-context.ts';
import type { Completeness, TrafficTotals } from '../../../graphql/schema.generated.ts';
import { type Call, type Resolvers, resolver } from '../resolver.ts';
import { selectsOnly } from '../selection.ts';

const SUMS = [
  'packets',
  'bytes',
  'active_flows',
  'packets_exact',
  'bytes_exact',
  'estimated_share',
  'rate',
  'as_of',
  'counted_since',
  '__typename',
] as const satisfies (keyof TrafficTotals | '__typename')[];

export const trafficResolvers: Pick<Resolvers, 'Query.trafficTotals'> = {
  'Query.trafficTotals': resolver({
    arguments: z.object({}),
    async resolve(_, call) {
      const { client, tables, clock } = call.context;
      const as_of = timestamp(clock());
      const [totals, completeness] = await Promise.all([
        readShownTotals(client, tables),
        selectsOnly(call.selection, '', SUMS) ? undefined : readCompleteness(call),
      ]);
      return {
        ...presentSum(totals),
        active_flows: presentActiveFlows(totals.active_flows),
        rate: presentRate(totals),
        as_of,
        counted_since: presentCountedSince(totals),
        // Left out if it is not selected, because it needs additional reads.
        completeness: completeness as Completeness,
      };
    },
  }),
};

// The last snapshot has already counted the edges. Before the first snapshot, every lane is read.
export async function readCompleteness({ context, silent_after_s }: Call): Promise<Completeness> {
  const { client, tables, clock } = context;
  const now = clock();
  const last = await readLastCompleteness({ client, table: tables.traffic }, { now });
  if (last) return presentCompleteness(last);
  const heard = new HeardEdges(await readServedEdges(context), now, { silent_after_s });
  for await (const lane of readAllLanes(client, tables, { time: context })) heard.add(lane);
  return presentCompleteness({ ...heard.completenessAt(now), as_of: now });
}
