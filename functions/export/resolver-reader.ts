import { answerAuditLog } from '../../core/answers/answer-audit-log.ts';
import { answerFlows } from '../../core/answers/answer-flows.ts';
import { answerPolicyHistory, answerTrafficHistory } from '../../core/answers/answer-history.ts';
import { answerFlowStats, answerTrafficStats } from '../../core/answers/answer-stats.ts';
import type { Asking } from '../../core/answers/asking.ts';
import { flowFilter } from '../../core/answers/flow-filter-argument.ts';
import type { ExportReader } from '../../core/export/export-reader.ts';
import { isFlowGrouping } from '../../core/export/export-request.ts';
import type { FlowGroup } from '../../core/flows/flow-stats.ts';
import type { LaneGroup } from '../../core/history/aggregate.ts';

/** A request to the API is small, to fit its answer and its time; here a page is what memory takes without growing. */
const FLOWS_PAGE = 10_000;
const AUDIT_PAGE = 1000;
const MAX_FLOW_GROUPS = 1_000_000;

export interface ReaderOptions {
  /** When the export was started: what was kept then is in it as far as it is still stored, however long it takes. */
  started_ms: number;
  /** A page of flows ends with it, milliseconds since the epoch; the context's deadline is the end of all work. */
  work_until: number;
}

/** Gives what the API's resolvers give, by running what they run, without the limits of a request. */
export function resolverReader(asking: Asking, { started_ms, work_until }: ReaderOptions): ExportReader {
  const { context } = asking;
  const asOfStart: Asking = { ...asking, as_of: started_ms, ids_known: true };
  const logged: Asking = { ...asOfStart, context: { ...context, deadline: work_until } };
  return {
    history({ from, to, resolution, ...filter }) {
      const asked = { from: Date.parse(from), to: Date.parse(to), resolution };
      const { policy_id } = filter;
      return policy_id !== undefined && Object.keys(filter).length === 1
        ? answerPolicyHistory(asOfStart, { policy_id, ...asked })
        : answerTrafficHistory(asOfStart, { filter, ...asked, max_lane_samples: Number.POSITIVE_INFINITY });
    },

    stats({ group_by, from, to, ...request }) {
      const asked = {
        ...{ ...request, from: Date.parse(from), to: Date.parse(to) },
        limit: Number.POSITIVE_INFINITY,
      };
      return isFlowGrouping(group_by)
        ? answerFlowStats(logged, {
            ...asked,
            group_by: group_by as readonly FlowGroup[],
            max_rows: MAX_FLOW_GROUPS,
          })
        : answerTrafficStats(asOfStart, { ...asked, group_by: group_by as readonly LaneGroup[] });
    },

    flows: ({ from, to, filter, next_token }) =>
      answerFlows(logged, {
        filter: flowFilter.parse(filter),
        from: Date.parse(from),
        to: Date.parse(to),
        limit: FLOWS_PAGE,
        next_token,
      }),

    audit: ({ from, to, next_token, ...filter }) =>
      answerAuditLog(context, {
        limit: AUDIT_PAGE,
        next_token,
        filter: { ...filter, from_ms: Date.parse(from), to_ms: Date.parse(to) },
      }),
  };
}
