import type { FlowLogStore } from '../flows/flow-log-store.ts';
import type { FlowObjects } from '../flows/flow-objects.ts';
import type { Retention } from '../history/resolution.ts';
import type { StoreContext } from '../storage/store-context.ts';

/** What an answer on traffic is made with: the same for a request and for an export. */
export interface Asking {
  /** Tables, time, and by when the answer must be there. */
  context: StoreContext;
  /** How long history is kept. */
  retention: Retention;
  /** How long flows are kept; 0: no flow is logged. */
  flow_log_ttl_hours: number;
  /** The bucket of the flow log. */
  flow_objects: FlowObjects;
  /**
   * The instant that ranges and what is kept are judged by, milliseconds; the clock's when left
   * out. Time limits go by the clock always.
   */
  as_of?: number;
  /** The ids were looked up before: an empty answer doesn't look them up again. */
  ids_known?: boolean;
}

/** The instant that an answer is judged by. */
export function askedAt({ as_of, context }: Pick<Asking, 'as_of' | 'context'>): number {
  return as_of ?? context.clock();
}

/** What the flow log is read with for an answer. */
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
