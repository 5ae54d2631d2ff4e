import type { IngestContext } from '../../core/ingest/ingest-context.ts';
import { IngestTally } from '../../core/ingest/ingest-tally.ts';
import { LaneMemory } from '../../core/ingest/lane-memory.ts';
import { QuarantineMemory } from '../../core/ingest/quarantine-memory.ts';
import { T0 } from './report-records.ts';

/** A context with its own clock, which moves only by sleeping; the deadline is a minute away. */
export function ingestContext(
  given: Pick<IngestContext, 'client' | 'tables'> & Partial<IngestContext>,
): IngestContext {
  let now = T0;
  return {
    slots: 16,
    // Created only if none is given, because they need some memory.
    memory: given.memory ?? new LaneMemory(),
    quarantined: given.quarantined ?? new QuarantineMemory(),
    clock: () => now,
    sleep: async ms => {
      now += ms;
    },
    random: () => 0.5,
    deadline: T0 + 60_000,
    flow_log_ttl_hours: 24,
    warn: () => {},
    tally: new IngestTally(),
    ...given,
  };
}
