import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateClient } from 'aws-amplify/api';
import { signIn, signOut } from 'aws-amplify/auth';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningSystem, startSystem } from '../../../local/system/system.ts';
import { type AmplifyOutputs, authFlow, configureAmplify } from '../../../web/amplify-loopback.ts';

interface Told {
  id: string;
  type: string;
  site_id: string;
  site_seq: number;
}

let folder: string;
let system: RunningSystem;
let outputs: AmplifyOutputs;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patronus-sites-'));
  system = await startSystem({ localDirectory: folder });
  outputs = JSON.parse(readFileSync(join(folder, 'amplify_outputs.json'), 'utf8'));
  configureAmplify(outputs);
  const { email, password } = system.endpoints.users.find(({ groups }) => groups.includes('admin'))!;
  await signIn({ username: email, password, options: { authFlowType: authFlow(outputs) } });
}, 120_000);

afterAll(async () => {
  await signOut();
  await system?.stop();
  await rm(folder, { recursive: true, force: true });
});

const client = () => generateClient() as { graphql(request: { query: string; variables?: object }): unknown };

// biome-ignore lint/suspicious/noExplicitAny: a test looks into the answer as a client does
async function ask(query: string, variables: object = {}): Promise<any> {
  return ((await client().graphql({ query, variables })) as { data: unknown }).data;
}

async function makeSite(name: string): Promise<string> {
  const { createSite } = await ask('mutation ($name: String!) { createSite(name: $name) { id } }', { name });
  await ask(
    `mutation ($id: ID!) { addEndpoint(site_id: $id, endpoint_id: "wan1", address: "192.0.2.1", interface_type: ETHERNET) { id } }`,
    { id: createSite.id },
  );
  return createSite.id;
}

it('deletes a site, sends the events in order to the real Amplify client, and restores the site', async () => {
  const events: Told[] = [];
  const subscription = (
    client().graphql({ query: 'subscription { events { id type site_id site_seq } }' }) as {
      subscribe(observer: object): { unsubscribe(): void };
    }
  ).subscribe({
    next: ({ data }: { data: { events: Told } }) => events.push(data.events),
    error: (error: unknown) => expect.fail(JSON.stringify(error)),
  });
  // A subscriber receives events after the acknowledgement, which the client doesn't expose.
  await expect
    .poll(
      async () => {
        if (events.length === 0) await makeSite('Probe');
        return events.length;
      },
      { timeout: 60_000, interval: 1000 },
    )
    .toBeGreaterThan(0);

  const [berlin, lyon] = [await makeSite('Berlin'), await makeSite('Lyon')];
  const ends = { from: berlin, to: lyon };
  const { createPath } = await ask(
    `mutation ($from: ID!, $to: ID!) { createPath(source_site_id: $from, source_endpoint_id: "wan1",
      destination_site_id: $to, destination_endpoint_id: "wan1") { id } }`,
    ends,
  );
  const preview = await ask(
    'query ($from: ID!) { siteDeletionPreview(site_id: $from) { endpoints paths peer_sites } }',
    {
      from: berlin,
    },
  );
  expect(preview.siteDeletionPreview).toMatchObject({ endpoints: 1, paths: 1 });

  const { deleteSite } = await ask(
    'mutation ($id: ID!) { deleteSite(site_id: $id) { success message audit_id finished } }',
    { id: berlin },
  );
  expect(deleteSite).toMatchObject({ success: true, finished: true });
  const paths = 'query ($id: ID!) { site(id: $id) { id } paths(site_id: $id) { items { id } } }';
  expect(await ask(paths, { id: lyon })).toEqual({ site: { id: lyon }, paths: { items: [] } });
  const { auditLog } = await ask(
    'query ($target: String!) { auditLog(action: "deleteSite", target: $target) { items { id outcome } } }',
    { target: `site:${berlin}` },
  );
  expect(auditLog.items).toEqual([{ id: deleteSite.audit_id, outcome: 'DONE' }]);

  const { restoreSite } = await ask(
    'mutation ($id: ID!) { restoreSite(site_id: $id) { success skipped_paths finished } }',
    { id: berlin },
  );
  expect(restoreSite).toEqual({ success: true, skipped_paths: [], finished: true });
  expect(await ask(paths, { id: berlin })).toEqual({
    site: { id: berlin },
    paths: { items: [{ id: createPath.id }] },
  });

  const ofBerlin = () => {
    const told = new Map(events.filter(({ site_id }) => site_id === berlin).map(event => [event.id, event]));
    return [...told.values()].sort((a, b) => a.site_seq - b.site_seq);
  };
  await expect.poll(() => ofBerlin().map(({ type }) => type), { timeout: 60_000 }).toContain('SITE_RESTORED');
  // Events may overtake each other; their numbers give the order and show that none is missing.
  const numbers = () => ofBerlin().map(({ site_seq }) => site_seq);
  const missing = () => numbers().filter((number, index) => number !== numbers()[0]! + index);
  await expect.poll(missing, { timeout: 60_000 }).toEqual([]);
  const types = ofBerlin().map(({ type }) => type);
  expect(types.indexOf('SITE_DELETED')).toBeGreaterThan(types.indexOf('PATH_CREATED'));
  subscription.unsubscribe();
}, 180_000);
