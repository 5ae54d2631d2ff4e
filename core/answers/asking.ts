import type { FlowLogStore } from '../flows/flow-log-store.ts';
import type { FlowObjects } from '../flows/flow-objects.ts';
import type { Retention } from '../history/resolution.ts';
import type { StoreContext } from '../storage/store-context.ts';

/** What an answer about traffic needs, for a request and for an export. */
export interface Asking {
  /** Tables, clock and deadline. */
  context: StoreContext;
  /** How long history is kept. */
  retention: Retention;
  /** How long flows are kept; 0: no flow is logged. */
  flow_log_ttl_hours: number;
  /** The bucket of the flow log. */
  flow_objects: FlowObjects;
  /**
   * The instant by which ranges and retention are judged, milliseconds. Default: now. Time limits
   * always use the clock.
   */
  as_of?: number;
  /** The ids were looked up before, so an empty answer doesn't look them up again. */
  ids_known?: boolean;
}

/** The instant by which a request's ranges and retention are judged. */
export function askedAt({ as_of, context }: Pick<Asking, 'as_of' | 'context'>): number {
  return as_of ?? context.clock();
}

/** The store of the flow log for an answer. */
export function flowLogOf(asking: Asking): FlowLogStore {
  const { client, tables, clock, deadline } = asking.context;
  return {
    objects: asking.flow_objects,
    client,
    table: tables.traffic,
    clock,
    deadline,
    ttl_hours: asking.flow_log_ttl_hours,
    as_of: askedAt(asking),
  };
}
