import { z } from 'zod';
import { registerEdge, retireEdge } from '../../../core/network/change-edges.ts';
import { edgeIdInput, registerEdgeInput } from '../../../core/network/edge-input.ts';
import type { RegisteredEdge } from '../../../core/network/edge-items.ts';
import { type EdgeStatus, edgeStatus, isBehind } from '../../../core/network/edge-status.ts';
import { type KnownEdge, readKnownEdge, readKnownEdges } from '../../../core/network/read-edges.ts';
import { readPoliciesMeta } from '../../../core/network/read-policies.ts';
import { makePageToken, readPageToken } from '../../../core/storage/page-token.ts';
import { repeatUntil } from '../../../core/storage/retrying.ts';
import { readLanesOfEdge } from '../../../core/traffic/read-lanes.ts';
import type { Edge } from '../../../graphql/schema.generated.ts';
import { pageArguments } from '../page-arguments.ts';
import { presentActiveFlows } from '../present-active-flows.ts';
import { type Call, type Resolvers, resolver } from '../resolver.ts';

type EdgeOperation = 'Query.edges' | 'Query.edge' | 'Mutation.registerEdge' | 'Mutation.retireEdge';

const target = ({ id }: { id: string }) => `edge:${id}`;

const TOKEN_KIND = 'edges';

export const edgeResolvers: Pick<Resolvers, EdgeOperation> = {
  'Query.edges': resolver({
    arguments: z.object(pageArguments),
    async resolve({ limit, next_token }, call) {
      const after = readPageToken(TOKEN_KIND, next_token, [/^.{1,128}$/su])?.[0];
      const found = await readKnownEdges(call.context, { after, limit: limit + 1 });
      const page = found.slice(0, limit);
      return {
        items: await presentAll(page, call),
        next_token: found.length > limit ? makePageToken(TOKEN_KIND, [page.at(-1)!.id]) : null,
      };
    },
  }),

  'Query.edge': resolver({
    arguments: edgeIdInput,
    async resolve({ id }, call) {
      const edge = await readKnownEdge(call.context, id);
      return edge ? (await presentAll([edge], call))[0]! : null;
    },
  }),

  'Mutation.registerEdge': resolver({
    arguments: registerEdgeInput,
    target,
    resolve: (input, call) => changed(call, input.id, () => registerEdge(call.context, call.caller, input)),
  }),

  'Mutation.retireEdge': resolver({
    arguments: edgeIdInput,
    target,
    resolve: ({ id }, call) => changed(call, id, () => retireEdge(call.context, call.caller, id)),
  }),
};

async function presentAll(edges: KnownEdge[], call: Call): Promise<Edge[]> {
  const ids = edges.map(({ id }) => id);
  const [version, statuses] = await Promise.all([readVersion(call), readStatuses(call, ids)]);
  return edges.map((edge, index) => present(edge, statuses[index], version));
}

// The status is read first: once the change is made, nothing may fail any more.
async function changed(call: Call, id: string, change: () => Promise<RegisteredEdge>): Promise<Edge> {
  const [version, [status]] = await Promise.all([readVersion(call), readStatuses(call, [id])]);
  return present({ id, registration: await change() }, status, version);
}

async function readVersion({ context }: Call): Promise<number> {
  return (await readPoliciesMeta(context)).version;
}

function readStatuses({ context }: Call, ids: string[]): Promise<(EdgeStatus | undefined)[]> {
  const { client, tables } = context;
  const read = (id: string) => repeatUntil(context, () => readLanesOfEdge(client, tables, id));
  return Promise.all(ids.map(async id => edgeStatus(await read(id))));
}

function present({ id, registration }: KnownEdge, status: EdgeStatus | undefined, version: number): Edge {
  return {
    id,
    site_id: registration?.site_id ?? status?.site_id ?? null,
    registered: registration !== null,
    retired_at: registration?.retired_at ?? null,
    first_seen: status?.first_seen ?? null,
    last_seen: status?.last_seen ?? null,
    boot_id: status?.boot_id ?? null,
    seq: status?.seq ?? null,
    policies_version: status?.policies_version ?? null,
    behind: status ? isBehind(status.policies_version, version) : null,
    active_flows: presentActiveFlows(status?.active_flows ?? 0),
    packets: Number(status?.packets ?? 0n),
    bytes: Number(status?.bytes ?? 0n),
    packets_exact: String(status?.packets ?? 0n),
    bytes_exact: String(status?.bytes ?? 0n),
    parts: status?.parts ?? [],
  };
}
