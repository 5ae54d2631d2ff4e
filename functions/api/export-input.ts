import { z } from 'zod';
import type { OperationName } from '../../core/access/roles.ts';
import { checkLogged, checkOrder } from '../../core/answers/answer-flows.ts';
import { checkStatsRange } from '../../core/answers/answer-stats.ts';
import type { Asking } from '../../core/answers/asking.ts';
import { flowFilter } from '../../core/answers/flow-filter-argument.ts';
import { ValidationError } from '../../core/errors.ts';
import {
  EXPORT_GROUPS,
  type ExportKind,
  type ExportRequest,
  isFlowGrouping,
  isMixedGrouping,
} from '../../core/export/export-request.ts';
import { settleRange } from '../../core/export/settle-range.ts';
import type { ExportFormat } from '../../core/export/table.ts';
import type { ExportInput } from '../../graphql/schema.generated.ts';
import { parseArguments } from './parse-arguments.ts';
import { timeArgument } from './time-argument.ts';
import { trafficFilter } from './traffic-filter.ts';

const TRAFFIC = ['policy_id', 'site_id', 'endpoint_id', 'edge_id'] as const;

/** What narrows or shapes each kind; anything else given is refused, as it would do nothing. */
const TAKES: Record<ExportKind, readonly (keyof ExportInput)[]> = {
  HISTORY: [...TRAFFIC, 'resolution'],
  STATS: [...TRAFFIC, 'group_by', 'order_by'],
  FLOWS: [...TRAFFIC, 'address', 'port', 'protocol', 'application'],
  AUDIT: ['actor', 'action', 'target'],
};

const FORMATS: Record<string, ExportFormat> = { CSV: 'csv', JSONL: 'jsonl' };

const MAX_TEXT = 2048;

const times = z.object({ from: timeArgument, to: timeArgument });

/** The query that an export of this kind gives the whole answer of: who may not ask it may not export it. */
export function queryBehind({ kind, group_by }: Pick<ExportRequest, 'kind' | 'group_by'>): OperationName {
  if (kind === 'HISTORY') return 'Query.trafficHistory';
  if (kind === 'FLOWS') return 'Query.flows';
  if (kind === 'AUDIT') return 'Query.auditLog';
  return isFlowGrouping(group_by) ? 'Query.flowStats' : 'Query.trafficStats';
}

/**
 * Checks what is to be exported with the rules of the query behind it, and settles its range.
 * @throws ValidationError
 */
export function parseExportInput(given: ExportInput, asking: Asking): ExportRequest {
  const { kind, format, from, to, ...rest } = given;
  const said = Object.fromEntries(
    Object.entries(rest).filter(([, value]) => value !== null && value !== undefined),
  ) as Omit<ExportRequest, 'kind' | 'format' | 'from' | 'to'>;
  checkTaken(kind, said);
  const range = parseArguments(times, { from, to });
  checkRange(asking, { kind, range, group_by: said.group_by });
  if (kind === 'STATS') checkGroups(said.group_by);
  if (kind !== 'AUDIT') parseArguments(kind === 'FLOWS' ? flowFilter : trafficFilter, said);
  const request = {
    kind,
    format: FORMATS[format ?? 'CSV']!,
    from: new Date(range.from).toISOString(),
    to: new Date(range.to).toISOString(),
    ...said,
  };
  return settleRange(request, { now: asking.context.clock(), retention: asking.retention });
}

function checkTaken(kind: ExportKind, said: Record<string, unknown>): void {
  const taken = TAKES[kind] as readonly string[];
  const foreign = Object.keys(said).find(name => !taken.includes(name));
  if (foreign !== undefined) {
    throw new ValidationError(
      `An export of ${kind} takes no ${foreign}: it takes ${taken.slice(0, -1).join(', ')} and ${taken.at(-1)}.`,
    );
  }
  const long = Object.entries(said).find(([, value]) => typeof value === 'string' && value.length > MAX_TEXT);
  if (long) throw new ValidationError(`${long[0]} must be at most ${MAX_TEXT} characters.`);
}

function checkRange(
  asking: Asking,
  {
    kind,
    range,
    group_by,
  }: Pick<ExportRequest, 'kind' | 'group_by'> & { range: { from: number; to: number } },
): void {
  if (kind === 'STATS') checkStatsRange(asking, { ...range, of_flows: isFlowGrouping(group_by) });
  else checkOrder(range.from, range.to);
  if (kind === 'FLOWS') checkLogged(asking, range.to);
}

function checkGroups(group_by: ExportRequest['group_by']): void {
  if (group_by === undefined) return;
  const once = new Set(group_by).size === group_by.length;
  if (once && group_by.length > 0 && !isMixedGrouping(group_by)) return;
  throw new ValidationError(
    `group_by takes one to four of ${EXPORT_GROUPS.slice(0, 4).join(', ')}, or of ${EXPORT_GROUPS.slice(4).join(', ')}, each once.`,
  );
}
