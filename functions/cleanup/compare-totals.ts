import { auditTraffic } from '../../core/ledger/figures/traffic-audit.ts';
import type { StepContext } from './cleanup-step.ts';

const HOUR_MS = 3_600_000;
/** The clean-up runs each five minutes: its first run of an hour compares. */
const FIRST_RUN_MS = 300_000;

/** Policies that the log names; the query trafficAudit gives them all. */
const NAMED = 100;

/**
 * Once an hour: whether the counters are what the lanes hold. `mismatches` is what the alarm looks
 * at.
 */
export async function compareTotals(context: StepContext): Promise<Record<string, unknown>> {
  if (context.scheduled_at % HOUR_MS >= FIRST_RUN_MS) return {};
  const { mismatches, ...audit } = await auditTraffic(context);
  return {
    ...audit,
    mismatches: mismatches.length,
    disagreeing_policies: mismatches.slice(0, NAMED).map(({ policy_id }) => policy_id),
  };
}
