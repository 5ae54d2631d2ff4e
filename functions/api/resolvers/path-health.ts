import { z } from 'zod';
import { requireEdge } from '../../../core/access/edge-identity.ts';
import { idArgument, uuidArgument } from '../../../core/answers/id-argument.ts';
import { pathTarget } from '../../../core/inventory/model/site-events.ts';
import { readPathStates } from '../../../core/routing/failover/path-states-store.ts';
import { enabledPolicies } from '../../../core/routing/network/path-health.ts';
import { checkPathHealth } from '../../../core/routing/probes/check-path-health.ts';
import type { ProbeResult } from '../../../core/routing/probes/probe-result.ts';
import { type ProbeReport, reportProbe } from '../../../core/routing/probes/report-probe.ts';
import { presentPath } from '../present-path.ts';
import { type Resolvers, resolver } from '../resolver.ts';

type PathHealthOperation = 'Mutation.checkPathHealth' | 'Mutation.reportProbe';

const COUNT = 'must be a number of probes from 0 to 10000';
const MILLISECONDS = 'must be a number of milliseconds from 0 to 60000';

const count = z.int(COUNT).min(0, COUNT).max(10_000, COUNT);
const milliseconds = z.number(MILLISECONDS).min(0, MILLISECONDS).max(60_000, MILLISECONDS).nullish();

const probeArguments = z
  .object({
    edge_id: idArgument,
    command_id: idArgument,
    method: z.enum(['UDP_ECHO', 'TCP_CONNECT']).nullish(),
    sent: count,
    received: count,
    latency_ms: milliseconds,
    jitter_ms: milliseconds,
    measured_at: z
      .string()
      .transform(text => new Date(text))
      .refine(date => Number.isFinite(date.getTime()), 'must be a time such as 2026-01-31T12:00:00Z')
      .nullish(),
    error: z.string().max(500, 'must have at most 500 characters').nullish(),
  })
  .refine(({ sent, received }) => received <= sent, 'received must not be above sent.')
  .refine(
    ({ sent, latency_ms, jitter_ms, measured_at }) =>
      sent === 0 || (latency_ms != null && jitter_ms != null && measured_at != null),
    'If probes were sent, latency_ms, jitter_ms and measured_at are required.',
  );

export const pathHealthResolvers: Pick<Resolvers, PathHealthOperation> = {
  'Mutation.checkPathHealth': resolver({
    arguments: z.object({ path_id: uuidArgument }),
    target: ({ path_id }) => pathTarget(path_id),
    async resolve({ path_id }, { context, caches, caller }) {
      const { path, metrics, fresh, reason } = await checkPathHealth(context, caches, {
        path_id,
        actor: caller,
      });
      const states = await readPathStates(context, path_id);
      const enabled = await enabledPolicies(context, [states]);
      const { policies } = states;
      return presentPath(path, { context, metrics, policies, enabled, probe: { fresh, reason } });
    },
  }),

  'Mutation.reportProbe': resolver({
    arguments: probeArguments,
    target: ({ edge_id }) => `edge:${edge_id}`,
    async resolve(report, { context, caches, caller, onFailover, edge_roles }) {
      requireEdge(caller, report.edge_id, edge_roles);
      const { edge_id, command_id } = report;
      const metrics = metricsOf(report);
      const probe = { edge_id, command_id, metrics, result: resultOf(report) };
      const { done } = await reportProbe(context, caches, probe);
      if (done) onFailover(done, done.operation);
      return true;
    },
  }),
};

type Reported = z.output<typeof probeArguments>;

function metricsOf({ sent, latency_ms, jitter_ms }: Reported): ProbeReport['metrics'] {
  if (sent === 0) return null;
  return {
    latency_ms: latency_ms!,
    jitter_ms: jitter_ms!,
  };
}

function resultOf({ edge_id, method = null, sent, received, error }: Reported): ProbeResult {
  if (sent === 0) {
    const reason = `Edge ${edge_id} could not measure: ${error || 'it gives no reason'}`;
    return { measured: false, reason, method, sent, received };
  }
  const how = method === 'TCP_CONNECT' ? 'TCP connections' : 'UDP echoes';
  const reason = `Edge ${edge_id} measured it now: ${received} of ${sent} ${how} were answered.`;
  return { measured: true, reason, method, sent, received };
}
