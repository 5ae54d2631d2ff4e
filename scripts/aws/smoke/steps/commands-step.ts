import { z } from 'zod';
import { makeSignPost } from '../../../../core/appsync/sign-post.ts';
import type { PendingCommand } from '../../../../core/commands/edge-command.ts';
import { edgeApi } from '../../../../edge/commands/edge-api.ts';
import { type Listening, listenToSystem } from '../../../../edge/commands/realtime.ts';
import { EdgeError } from '../../../../edge/edge-error.ts';
import { eventually } from '../eventually.ts';
import { type Bench, madeOf, type SmokeStep } from '../smoke-step.ts';

const CHECK = `mutation ($path: ID!) { checkPathHealth(path_id: $path) {
  metrics { latency_ms } probe { fresh reason } } }`;

const answer = z.object({
  checkPathHealth: z.object({
    metrics: z.object({ latency_ms: z.number() }).nullable(),
    probe: z.object({ fresh: z.boolean(), reason: z.string() }),
  }),
});

/** The measurement that the edge returns. */
const LATENCY_MS = 12.5;

const RIGHTS_WITHIN_S = 90;

export const commandsStep: SmokeStep = {
  name: 'commands',
  proves: "the edge's role subscribes to its commands, receives one and answers it",
  needs: ['counts'],
  async run(bench) {
    const listening = await eventually(bench, {
      what: "permission for the edge's role to subscribe",
      limit_s: RIGHTS_WITHIN_S,
      mayPass: cause => cause instanceof EdgeError,
      look: () => listen(bench),
    });
    try {
      const { path_id } = madeOf(bench, 'network');
      const { checkPathHealth: path } = answer.parse(
        await madeOf(bench, 'admin').query(CHECK, { path: path_id }),
      );
      if (path.probe.fresh && path.metrics?.latency_ms === LATENCY_MS) {
        return `PROBE over the subscription, answered with ${LATENCY_MS} ms, which checkPathHealth returned`;
      }
      throw new EdgeError(`checkPathHealth returned no new measurement: ${path.probe.reason}`);
    } finally {
      listening.close();
    }
  },
};

/** Listens like the edge, and answers each probe with the same measurement. */
async function listen(bench: Bench): Promise<Listening> {
  const { system, clock, signal } = bench;
  const { edge_id } = madeOf(bench, 'edge');
  const { edge: credentials } = madeOf(bench, 'roles');
  const sign = makeSignPost({ region: system.region, credentials });
  const api = edgeApi({ url: system.graphql, edge_id, sign });
  const answerProbe = ({ id, type }: PendingCommand) => {
    if (type !== 'PROBE') return;
    const measured_at = new Date(clock()).toISOString();
    const measured = { method: 'UDP_ECHO', sent: 5, received: 5, latency_ms: LATENCY_MS } as const;
    api.reportProbe(id, { ...measured, jitter_ms: 0.5, measured_at, error: null }).catch(() => {
      // checkPathHealth then reports that no answer arrived.
    });
  };
  return listenToSystem({
    url: system.graphql,
    edge_id,
    sign,
    signal,
    onCommand: answerProbe,
    onNews: () => {},
    onQuiet: () => {},
  });
}
