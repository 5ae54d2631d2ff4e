import { z } from 'zod';
import { requireEdge } from '../../../core/access/edge-identity.ts';
import { idArgument, optionalUuid } from '../../../core/answers/id-argument.ts';
import { presentActiveFlows } from '../../../core/answers/present-active-flows.ts';
import { estimatedShare } from '../../../core/answers/present-counts.ts';
import { presentRate } from '../../../core/answers/present-rate.ts';
import type { NewBootOrder } from '../../../core/commands/edge-command.ts';
import { readRefusedBoot } from '../../../core/commands/new-boot.ts';
import type { EdgeKey } from '../../../core/edge-keys/edge-key-items.ts';
import { readKeysOfEdges } from '../../../core/edge-keys/read-edge-keys.ts';
import { revokeEdgeKey, rotateEdgeKey } from '../../../core/inventory/edges/change-edge-keys.ts';
import { type ChangedEdge, registerEdge, retireEdge } from '../../../core/inventory/edges/change-edges.ts';
import {
  edgeIdInput,
  registerEdgeInput,
  retireEdgeInput,
  revokeEdgeKeyInput,
  rotateEdgeKeyInput,
} from '../../../core/inventory/edges/edge-input.ts';
import { edgeUpdatedAt } from '../../../core/inventory/edges/edge-items.ts';
import { type EdgeStatus, edgeStatus, isBehind } from '../../../core/inventory/edges/edge-status.ts';
import { type KnownEdge, readKnownEdge, readKnownEdges } from '../../../core/inventory/edges/read-edges.ts';
import { readKnownEdgesOfSite } from '../../../core/inventory/edges/site-edges.ts';
import { readPoliciesMeta } from '../../../core/inventory/policies/read-policies.ts';
import { readShownSites } from '../../../core/inventory/sites/shown-sites.ts';
import { readLanesOfEdge } from '../../../core/ledger/figures/read-lanes.ts';
import { silentAfter } from '../../../core/ledger/lane/silence.ts';
import { readCorrections } from '../../../core/ledger/voids/corrections.ts';
import { publicJwk } from '../../../core/report/public-key.ts';
import { makePageToken, readPageToken } from '../../../core/storage/page-token.ts';
import { repeatUntil } from '../../../core/storage/retrying.ts';
import type { Edge } from '../../../graphql/schema.generated.ts';
import { pageArguments } from '../page-arguments.ts';
import { type Call, type Resolvers, resolver } from '../resolver.ts';
import { selectsOnly } from '../selection.ts';

type EdgeOperation =
  | 'Query.edges'
  | 'Query.edge'
  | 'Query.ownEdge'
  | 'Mutation.registerEdge'
  | 'Mutation.retireEdge'
  | 'Mutation.rotateEdgeKey'
  | 'Mutation.revokeEdgeKey';

const target = ({ id }: { id: string }) => `edge:${id}`;
const keyTarget = ({ edge_id }: { edge_id: string }) => `edge:${edge_id}`;

const TOKEN_KIND = 'edges';

export const edgeResolvers: Pick<Resolvers, EdgeOperation> = {
  'Query.edges': resolver({
    arguments: z.object({ ...pageArguments, site_id: optionalUuid }),
    async resolve({ site_id, limit, next_token }, call) {
      const kind = site_id ? `${TOKEN_KIND} of ${site_id}` : TOKEN_KIND;
      const after = readPageToken(kind, next_token, [/^.{1,128}$/su])?.[0];
      const window = { after, limit: limit + 1 };
      const found = site_id
        ? await readKnownEdgesOfSite(call.context, site_id, window)
        : await readKnownEdges(call.context, window);
      const page = found.slice(0, limit);
      return {
        items: await presentAll(page, call, 'items'),
        next_token: found.length > limit ? makePageToken(kind, [page.at(-1)!.id]) : null,
      };
    },
  }),

  'Query.edge': resolver({
    arguments: edgeIdInput,
    resolve: ({ id }, call) => presentOne(id, call),
  }),

  'Query.ownEdge': resolver({
    arguments: z.object({ edge_id: idArgument }),
    target: ({ edge_id }) => `edge:${edge_id}`,
    async resolve({ edge_id }, call) {
      requireEdge(call.caller, edge_id, call.edge_roles);
      return presentOne(edge_id, call);
    },
  }),

  'Mutation.registerEdge': resolver({
    arguments: registerEdgeInput,
    target,
    resolve: (input, call) => changed(call, input, () => registerEdge(call.context, call.caller, input)),
  }),

  'Mutation.retireEdge': resolver({
    arguments: retireEdgeInput,
    target,
    resolve: (input, call) =>
      changed(call, { id: input.id }, () => retireEdge(call.context, call.caller, input)),
  }),

  'Mutation.rotateEdgeKey': resolver({
    arguments: rotateEdgeKeyInput,
    target: keyTarget,
    resolve: (input, call) =>
      changed(call, { id: input.edge_id }, () => rotateEdgeKey(call.context, call.caller, input)),
  }),

  'Mutation.revokeEdgeKey': resolver({
    arguments: revokeEdgeKeyInput,
    target: keyTarget,
    resolve: (input, call) =>
      changed(call, { id: input.edge_id }, () => revokeEdgeKey(call.context, call.caller, input)),
  }),
};

async function presentOne(id: string, call: Call): Promise<Edge | null> {
  const edge = await readKnownEdge(call.context, id);
  return edge ? (await presentAll([edge], call, ''))[0]! : null;
}

async function presentAll(edges: KnownEdge[], call: Call, path: string): Promise<Edge[]> {
  const ids = edges.map(({ id }) => id);
  const [version, statuses, refused, keys] = await Promise.all([
    readVersion(call),
    readStatuses(call, ids),
    readRefused(call, ids, path),
    readKeys(call, ids, path),
  ]);
  const sites = edges.flatMap((edge, index) => siteOf(edge, statuses[index]) ?? []);
  const shown = await readShownSites(call.context, sites);
  return edges.map((edge, index) =>
    present(edge, statuses[index], {
      call,
      version,
      shown,
      refused: refused[index],
      keys: keys[index] ?? [],
    }),
  );
}

// The status is read before the change, because nothing may fail after it.
async function changed(
  call: Call,
  { id, site_id }: { id: string; site_id?: string },
  change: () => Promise<ChangedEdge>,
): Promise<Edge> {
  const [version, [status], [refused], [keysBefore], known] = await Promise.all([
    readVersion(call),
    readStatuses(call, [id]),
    readRefused(call, [id], ''),
    readKeys(call, [id], ''),
    readKnownEdge(call.context, id),
  ]);
  const sites = [site_id, known?.registration?.site_id].filter(site => site !== undefined);
  const shown = await readShownSites(call.context, sites);
  const { keys = keysBefore ?? [], ...registration } = await change();
  return present({ id, registration }, status, { call, version, shown, refused, keys });
}

async function readVersion({ context }: Call): Promise<number> {
  return (await readPoliciesMeta(context)).version;
}

async function readStatuses({ context }: Call, ids: string[]): Promise<(EdgeStatus | undefined)[]> {
  const { client, tables } = context;
  const corrections = await repeatUntil(context, () => readCorrections(context));
  const read = (id: string) => repeatUntil(context, () => readLanesOfEdge(client, tables, id));
  return Promise.all(ids.map(async id => edgeStatus(await read(id), corrections)));
}

const OWN_FIELDS = [
  'id',
  'site_id',
  'site_known',
  'registered',
  'interval_s',
  'silent_after_s',
  'retired_at',
  'updated_at',
  'first_seen',
  'last_seen',
  'boot_id',
  'seq',
  'policies_version',
  'clock_skew_seconds',
  'behind',
  'active_flows',
  'rate',
  'packets',
  'bytes',
  'packets_exact',
  'bytes_exact',
  'estimated_share',
  'parts',
  '__typename',
] as const satisfies (keyof Edge | '__typename')[];

/** Read only if `refused` is selected, because it is a separate item. */
async function readRefused(
  { context, selection }: Call,
  ids: string[],
  path: string,
): Promise<(NewBootOrder | undefined)[]> {
  if (selectsOnly(selection, path, [...OWN_FIELDS, 'keys'])) return [];
  return Promise.all(ids.map(id => readRefusedBoot(context, id)));
}

/** Read only if `keys` is selected. */
async function readKeys({ context, selection }: Call, ids: string[], path: string): Promise<EdgeKey[][]> {
  if (selectsOnly(selection, path, [...OWN_FIELDS, 'refused'])) return [];
  return readKeysOfEdges(context, ids);
}

const siteOf = ({ registration }: KnownEdge, status: EdgeStatus | undefined): string | null =>
  registration?.site_id ?? status?.site_id ?? null;

/** Data for the presentation of an edge. */
interface EdgeSurroundings {
  call: Call;
  /** Current version of the policies. */
  version: number;
  /** Sites that exist. */
  shown: ReadonlySet<string>;
  refused: NewBootOrder | undefined;
  keys: EdgeKey[];
}

function present(
  edge: KnownEdge,
  status: EdgeStatus | undefined,
  { call, version, shown, refused, keys }: EdgeSurroundings,
): Edge {
  const { id, registration } = edge;
  const site_id = siteOf(edge, status);
  return {
    id,
    site_id,
    site_known: site_id !== null && shown.has(site_id),
    registered: registration !== null,
    interval_s: registration?.interval_s ?? null,
    silent_after_s: silentAfter(Math.max(registration?.interval_s ?? 0, status?.interval_s ?? 0), call),
    retired_at: registration?.retired_at ?? null,
    updated_at: registration && edgeUpdatedAt(registration),
    first_seen: status?.first_seen ?? null,
    last_seen: status?.last_seen ?? null,
    boot_id: status?.boot_id ?? null,
    seq: status?.seq ?? null,
    policies_version: status?.policies_version ?? null,
    clock_skew_seconds: status ? status.clock_skew_ms / 1000 : null,
    behind: status ? isBehind(status.policies_version, version) : null,
    active_flows: presentActiveFlows(status?.active_flows ?? 0),
    rate: status?.rates ? presentRate(status.rates, status.rates) : null,
    packets: Number(status?.packets ?? 0n),
    bytes: Number(status?.bytes ?? 0n),
    packets_exact: String(status?.packets ?? 0n),
    bytes_exact: String(status?.bytes ?? 0n),
    estimated_share: status ? estimatedShare(status) : 0,
    parts: (status?.parts ?? []).map(({ packets, bytes, ...part }) => ({
      ...part,
      packets_exact: String(packets),
      bytes_exact: String(bytes),
    })),
    refused: refused
      ? { boot_id: refused.boot_id, contradictions: refused.contradictions, reason: refused.reason }
      : null,
    keys: keys.map(({ kid, x, from, until }) => ({
      kid,
      from,
      until,
      public_key: JSON.stringify(publicJwk({ kid, x })),
    })),
  };
}
