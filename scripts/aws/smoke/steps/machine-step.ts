import { z } from 'zod';
import { signedBy } from '../../../../core/appsync/authorizer.ts';
import { makeSignPost } from '../../../../core/appsync/sign-post.ts';
import { EdgeError } from '../../../../edge/edge-error.ts';
import { SystemRefused, systemClient } from '../../../../edge/system/system-client.ts';
import { eventually } from '../eventually.ts';
import { madeOf, type SmokeStep } from '../smoke-step.ts';

/** Nested types: each needs its own permission for machines. */
const NESTED = `query ($site: ID!) {
  site(id: $site) { name endpoints { id address } }
  paths(site_id: $site) { items { id status metrics { latency_ms } } }
  edges(site_id: $site) { items { id keys { kid } parts { bytes_exact } } }
  trafficTotals { bytes_exact completeness { edges_expected edges_heard } } }`;

const answer = z.object({
  site: z.object({ endpoints: z.array(z.object({ address: z.string() })).length(1) }),
  paths: z.object({ items: z.array(z.object({ id: z.string() })).length(1) }),
  edges: z.object({
    items: z.tuple([z.object({ id: z.string(), keys: z.array(z.object({ kid: z.string() })).length(1) })]),
  }),
  trafficTotals: z.object({ completeness: z.object({ edges_expected: z.number() }) }),
});

const FOR_PEOPLE = '{ auditLog(limit: 1) { items { id } } }';

const RIGHTS_WITHIN_S = 90;

export const machineStep: SmokeStep = {
  name: 'machine',
  proves: "a machine's role can read nested fields, but nothing that is only for people",
  needs: ['roles'],
  async run(bench) {
    const { region, graphql: url } = bench.system;
    const credentials = madeOf(bench, 'roles').reader;
    const machine = systemClient({ url, authorizer: signedBy(makeSignPost({ region, credentials })) });
    const { home } = madeOf(bench, 'network');
    const data = await eventually(bench, {
      what: "permission for the machine's role to read",
      limit_s: RIGHTS_WITHIN_S,
      mayPass: cause => cause instanceof SystemRefused,
      look: () => machine.query(NESTED, { site: home }),
    });
    const read = answer.safeParse(data);
    if (!read.success) {
      throw new EdgeError(`The answer to a machine lacks parts: ${JSON.stringify(data).slice(0, 300)}`);
    }
    const refused = await machine.query(FOR_PEOPLE).then(
      () => false,
      cause => cause instanceof SystemRefused,
    );
    if (!refused) throw new EdgeError('A machine could read the audit log, which is only for people.');
    return 'site, endpoints, paths, edges, keys and completeness in one answer; the audit log is refused';
  },
};
