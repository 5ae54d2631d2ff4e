import { z } from 'zod';
import type { GraphqlClient } from '../../../../core/appsync/graphql-client.ts';
import { EdgeError } from '../../../../edge/edge-error.ts';
import { eventually } from '../eventually.ts';
import { type Bench, madeOf, type SmokeStep } from '../smoke-step.ts';

const SITE = `query ($site: ID!) {
  site(id: $site) { name location endpoints { id address } }
  paths(site_id: $site) { items { id } } }`;
const SHOWN = 'query ($site: ID!) { site(id: $site) { name } }';
const RENAME = 'mutation ($site: ID!, $name: String!) { updateSite(site_id: $site, name: $name) { id } }';
const DELETE = 'mutation ($site: ID!) { deleteSite(site_id: $site) { audit_id } }';
const UNDO = 'mutation ($audit: ID!) { undo(audit_id: $audit) { audit_id } }';
const CHANGES = `query ($target: String!) {
  auditLog(target: $target, action: "updateSite", limit: 1) { items { id } } }`;

const deletion = z.object({ deleteSite: z.object({ audit_id: z.string() }) });
const changes = z.object({ auditLog: z.object({ items: z.tuple([z.object({ id: z.string() })]) }) });
/** The compared fields; an emulator may return more than was requested. */
const whole = z.object({
  site: z.object({
    name: z.string(),
    location: z.string().nullable(),
    endpoints: z.array(z.object({ id: z.string(), address: z.string() })),
  }),
  paths: z.object({ items: z.array(z.object({ id: z.string() })) }),
});
const shown = z.object({ site: z.object({ name: z.string() }).nullable() });

const WITHIN_S = 60;

export const undoStep: SmokeStep = {
  name: 'undo',
  proves: 'an administrator edits and deletes a site, and both are undone',
  needs: ['network'],
  async run(bench) {
    const admin = madeOf(bench, 'admin');
    const { peer } = madeOf(bench, 'network');
    const read = async () => whole.parse(await admin.query(SITE, { site: peer }));
    const before = await read();
    await admin.query(RENAME, { site: peer, name: `patronus-smoke-${bench.run_id}-edited` });
    const edited = await read();
    const { id: edit } = changes.parse(await admin.query(CHANGES, { target: `site:${peer}` })).auditLog
      .items[0];
    const { audit_id } = deletion.parse(await admin.query(DELETE, { site: peer })).deleteSite;
    if (shown.parse(await admin.query(SHOWN, { site: peer })).site !== null)
      throw new EdgeError('A deleted site is still visible.');
    await undone(bench, { admin, audit: audit_id, read, expected: edited, what: 'the site to be restored' });
    await undone(bench, { admin, audit: edit, read, expected: before, what: 'the name to be restored' });
    return 'renamed, deleted with its endpoint and path, and as before after two undos';
  },
};

async function undone(
  bench: Bench,
  {
    admin,
    audit,
    read,
    expected,
    what,
  }: {
    admin: GraphqlClient;
    audit: string;
    read: () => Promise<unknown>;
    expected: unknown;
    what: string;
  },
): Promise<void> {
  await admin.query(UNDO, { audit });
  const text = JSON.stringify(expected);
  await eventually(bench, {
    what,
    limit_s: WITHIN_S,
    look: async () => (JSON.stringify(await read()) === text ? true : undefined),
  });
}
