import { z } from 'zod';
import type { OperationName } from '../../core/access/roles.ts';
import { checkLogged, checkOrder } from '../../core/answers/answer-flows.ts';
import { checkStatsRange } from '../../core/answers/answer-stats.ts';
import type { Asking } from '../../core/answers/asking.ts';
import { flowFilter } from '../../core/answers/flow-filter-argument.ts';
import { ValidationError } from '../../core/errors.ts';
import {
  EXPORT_FIELDS,
  EXPORT_GROUPS,
  type ExportFields,
  type ExportFrame,
  type ExportGroup,
  type ExportGrouping,
  type ExportKind,
  exportRequest,
  groupingOf,
  isFlowGrouping,
  type SettledRequest,
} from '../../core/export/export-request.ts';
import { settleRange } from '../../core/export/settle-range.ts';
import type { ExportFormat } from '../../core/rows/table.ts';
import type { ExportInput } from '../../graphql/schema.generated.ts';
import { parseArguments } from './parse-arguments.ts';
import { timeArgument } from './time-argument.ts';
import { trafficFilter } from './traffic-filter.ts';

const FORMATS: Record<NonNullable<ExportInput['format']>, ExportFormat> = { CSV: 'csv', JSONL: 'jsonl' };

const times = z.object({ from: timeArgument, to: timeArgument });

/** The fields that narrow or shape an export, without nulls; the groups are not validated yet. */
type GivenFields = Omit<ExportFields, 'group_by'> & { group_by?: readonly ExportGroup[] };

/** The kind of an export, and its groups. */
interface KindAndGroups {
  kind: ExportKind;
  group_by?: readonly ExportGroup[] | undefined;
}

/**
 * The query whose complete answer an export of this kind contains. Callers who may not run the
 * query may not export.
 */
export function queryBehind({ kind, group_by }: KindAndGroups): OperationName {
  if (kind === 'HISTORY') return 'Query.trafficHistory';
  if (kind === 'FLOWS') return 'Query.flows';
  if (kind === 'AUDIT') return 'Query.auditLog';
  return isFlowGrouping(group_by) ? 'Query.flowStats' : 'Query.trafficStats';
}

/**
 * Validates an export with the rules of the query behind it, and settles its range.
 * @throws ValidationError
 */
export function parseExportInput(
  { kind, format, from, to, ...fields }: ExportInput,
  asking: Asking,
): SettledRequest {
  const given = withoutNulls(fields);
  checkFields(kind, given);
  const range = parseArguments(times, { from, to });
  checkRange(asking, { kind, range, group_by: given.group_by });
  const group_by = given.group_by && checkedGroups(given.group_by);
  if (kind !== 'AUDIT') parseArguments(kind === 'FLOWS' ? flowFilter : trafficFilter, given);
  const request = exportRequest(kind, { ...given, ...range, format: FORMATS[format ?? 'CSV'], group_by });
  return settleRange(request, { now: asking.context.clock(), retention: asking.retention });
}

function withoutNulls(fields: Omit<ExportInput, 'kind' | keyof ExportFrame>): GivenFields {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && value !== undefined),
  );
}

/** Refuses fields that don't apply to the kind, because they would have no effect. */
function checkFields(kind: ExportKind, given: GivenFields): void {
  const taken: readonly string[] = EXPORT_FIELDS[kind];
  const foreign = Object.keys(given).find(name => !taken.includes(name));
  if (foreign !== undefined) {
    throw new ValidationError(
      `An export of ${kind} has no ${foreign}: use ${taken.slice(0, -1).join(', ')} and ${taken.at(-1)}.`,
      { arguments: [`input.${foreign}`] },
    );
  }
}

function checkRange(
  asking: Asking,
  { kind, range, group_by }: KindAndGroups & { range: { from: number; to: number } },
): void {
  if (kind === 'STATS') checkStatsRange(asking, { ...range, of_flows: isFlowGrouping(group_by) });
  else checkOrder(range.from, range.to);
  if (kind === 'FLOWS') checkLogged(asking, range.to);
}

function checkedGroups(groups: readonly ExportGroup[]): ExportGrouping {
  const once = new Set(groups).size === groups.length;
  const grouping = groupingOf(groups);
  if (once && groups.length > 0 && grouping) return grouping;
  throw new ValidationError(
    `group_by must have one to four of ${EXPORT_GROUPS.slice(0, 4).join(', ')}, or of ${EXPORT_GROUPS.slice(4).join(', ')}, each once.`,
    { arguments: ['input.group_by'] },
  );
}
