import { z } from 'zod';
import { ifUpdatedAt } from '../../audit/refuse-changed.ts';
import { isPrintable } from '../../policy/printable.ts';
import { REPORT_LIMITS } from '../../report/report.ts';
import { clientToken } from '../../storage/commit-once.ts';
import { uuid } from '../model/parse-input.ts';

const ID_RULE = `id must be 1 to ${REPORT_LIMITS.maxIdLength} printable characters, the edge_id in the edge's reports.`;

const edgeIdWith = (rule: string) =>
  z.string(rule).min(1, rule).max(REPORT_LIMITS.maxIdLength, rule).refine(isPrintable, rule);

const edgeId = edgeIdWith(ID_RULE);

const INTERVAL_RULE =
  "interval_s must be a whole number of seconds from 1 to 3600, the value of the edge's --interval.";

const interval = z
  .int(INTERVAL_RULE)
  .min(1, INTERVAL_RULE)
  .max(3600, INTERVAL_RULE)
  .nullish()
  .transform(seconds => seconds ?? undefined);

const KEY_RULE = 'public_key must be 1 to 1024 characters, as npm run edge -- key prints it.';

const publicKey = z.string(KEY_RULE).min(1, KEY_RULE).max(1024, KEY_RULE);

/** Input of registerEdge. */
export const registerEdgeInput = z.object({
  id: edgeId,
  site_id: uuid('site_id'),
  interval_s: interval,
  public_key: publicKey.nullish().transform(key => key ?? undefined),
  client_token: clientToken,
  if_updated_at: ifUpdatedAt,
});

const ofEdge = edgeIdWith(`edge_${ID_RULE}`);

const timeGiven = (rule: string) =>
  z.iso
    .datetime({ offset: true, error: rule })
    .nullish()
    .transform(time => time ?? undefined);

/** Input of rotateEdgeKey. */
export const rotateEdgeKeyInput = z.object({
  edge_id: ofEdge,
  public_key: publicKey,
  from: timeGiven('from must be a time such as 2026-01-31T12:00:00Z.'),
});

const KID_RULE = 'kid must be the id of a key, 43 letters, digits, - and _, as the query edge lists it.';

/** Input of revokeEdgeKey. */
export const revokeEdgeKeyInput = z.object({
  edge_id: ofEdge,
  kid: z.string(KID_RULE).regex(/^[A-Za-z0-9_-]{43}$/, KID_RULE),
  at: timeGiven('at must be a time such as 2026-01-31T12:00:00Z.'),
});

/** Names an edge. */
export const edgeIdInput = z.object({ id: edgeId });

/** Input of retireEdge. */
export const retireEdgeInput = edgeIdInput.extend({ if_updated_at: ifUpdatedAt });
