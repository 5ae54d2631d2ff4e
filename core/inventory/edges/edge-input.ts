import { z } from 'zod';
import { isPrintable } from '../../policy/printable.ts';
import { REPORT_LIMITS } from '../../report/report.ts';
import { uuid } from '../model/parse-input.ts';

const ID_RULE = `id must be 1 to ${REPORT_LIMITS.maxIdLength} printable characters, as the edge calls itself in its reports.`;

const edgeId = z
  .string(ID_RULE)
  .min(1, ID_RULE)
  .max(REPORT_LIMITS.maxIdLength, ID_RULE)
  .refine(isPrintable, ID_RULE);

const INTERVAL_RULE =
  'interval_s must be a whole number of seconds from 1 to 3600, as the edge is started with (--interval).';

const interval = z
  .int(INTERVAL_RULE)
  .min(1, INTERVAL_RULE)
  .max(3600, INTERVAL_RULE)
  .nullish()
  .transform(seconds => seconds ?? undefined);

/** What registerEdge takes. */
export const registerEdgeInput = z.object({ id: edgeId, site_id: uuid('site_id'), interval_s: interval });

/** What names an edge. */
export const edgeIdInput = z.object({ id: edgeId });
