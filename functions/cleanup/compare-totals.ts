import { auditTraffic } from '../../core/ledger/figures/traffic-audit.ts';
import type { StepContext } from './cleanup-step.ts';

const HOUR_MS = 3_600_000;
/** The clean-up runs every five minutes; its first run of an hour compares the totals. */
const FIRST_RUN_MS = 300_000;

/** Maximum number of policies in the log; the query trafficAudit returns up to 1,000. */
const MAX_LOGGED_POLICIES = 100;

/** Compares the counters with the lanes once an hour. The alarm watches `mismatches`. */
export async function compareTotals(context: StepContext): Promise<Record<string, unknown>> {
  if (context.scheduled_at % HOUR_MS >= FIRST_RUN_MS) return {};
  const { mismatches, ...audit } = await auditTraffic(context);
  return {
    ...audit,
    mismatches: mismatches.length,
    disagreeing_policies: mismatches.slice(0, MAX_LOGGED_POLICIES).map(({ policy_id }) => policy_id),
  };
}
