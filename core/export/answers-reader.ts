import type { Caller } from '../access/caller.ts';
import { answerAuditLog } from '../answers/answer-audit-log.ts';
import { answerFlowStats } from '../answers/answer-flow-stats.ts';
import { answerFlows } from '../answers/answer-flows.ts';
import { answerPolicyHistory, answerTrafficHistory } from '../answers/answer-history.ts';
import { answerTrafficStats } from '../answers/answer-stats.ts';
import type { Asking } from '../answers/asking.ts';
import { flowFilter } from '../answers/flow-filter-argument.ts';
import { viewOf } from '../audit/audit-view.ts';
import { readPolicyNames } from '../inventory/policies/policy-names.ts';
import { readSiteNames } from '../inventory/sites/site-names.ts';
import { repeatUntil } from '../storage/retrying.ts';
import type { ExportReader } from './export-reader.ts';
import { isFlowGrouping, isPolicyAlone } from './export-request.ts';

/**
 * Rows of a page of flows. An API request has smaller pages, because its answer and its time are
 * limited; here memory is the limit.
 */
const FLOWS_PAGE = 10_000;
const AUDIT_PAGE = 1000;
const MAX_FLOW_GROUPS = 1_000_000;

export interface ReaderOptions {
  /**
   * When the export was started. Data that was kept then is in the export, as far as DynamoDB still
   * has it, however long the export takes.
   */
  started_ms: number;
  /**
   * The time at which a page of flows ends, milliseconds since the epoch. The context's deadline is
   * the end of all work.
   */
  work_until: number;
  /** The owner of the export, on whom depends which part of the audit log is in it. */
  owner: Caller;
}

/**
 * A reader that returns the answers of the API's resolvers, from the same code and without the
 * limits of a request.
 */
export function answersReader(
  asking: Asking,
  { started_ms, work_until, owner }: ReaderOptions,
): ExportReader {
  const { context } = asking;
  const asOfStart: Asking = { ...asking, as_of: started_ms, ids_known: true };
  const logged: Asking = { ...asOfStart, context: { ...context, deadline: work_until } };
  return {
    history: ({ filter, ...range }) =>
      isPolicyAlone(filter)
        ? answerPolicyHistory(asOfStart, { ...filter, ...range })
        : answerTrafficHistory(asOfStart, { filter, ...range, max_lane_samples: Number.POSITIVE_INFINITY }),

    stats({ group_by, ...query }) {
      const asked = { ...query, limit: Number.POSITIVE_INFINITY };
      return isFlowGrouping(group_by)
        ? answerFlowStats(logged, { ...asked, group_by, max_rows: MAX_FLOW_GROUPS })
        : answerTrafficStats(asOfStart, { ...asked, group_by });
    },

    flows: ({ filter, ...query }) =>
      answerFlows(logged, { ...query, filter: flowFilter.parse(filter), limit: FLOWS_PAGE }),

    audit: ({ from, to, next_token, ...filter }) =>
      answerAuditLog(context, {
        limit: AUDIT_PAGE,
        next_token,
        view: viewOf(owner),
        with_undone: false,
        with_names: false,
        filter: { ...filter, from_ms: from, to_ms: to },
      }),

    policyNames: () => repeatUntil(context, () => readPolicyNames(context)),

    siteNames: ids => repeatUntil(context, () => readSiteNames(context, ids)),
  };
}
