import { readFile } from 'node:fs/promises';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Alarm, alarmItem } from '../../../core/alarms/alarm.ts';
import type { WebhookRules } from '../../../core/alarms/destinations/destination-input.ts';
import { deliverNotices, type SendNotice } from '../../../core/alarms/notices/deliver-notices.ts';
import { payloadOf } from '../../../core/alarms/notices/payload.ts';
import { postWebhook } from '../../../core/alarms/notices/post-webhook.ts';
import { ATTEMPTS_MAX, WAITS_MINUTES } from '../../../core/alarms/notices/retry.ts';
import { webhookHeaders } from '../../../core/alarms/notices/webhook-headers.ts';
import type { StoreContext } from '../../../core/storage/store-context.ts';
import { type ApiUnderTest, makeApi, personIn } from '../../support/api.ts';
import { makeFaults } from '../../support/faults.ts';
import { projectFile } from '../../support/project-files.ts';
import { asFunction } from '../../support/rights/as-function.ts';
import { storeContext } from '../../support/store-context.ts';
import { createTables, type TestTables } from '../../support/tables.ts';
import { startReceiver, type WebhookReceiver } from '../../support/webhook-receiver.ts';

const MINUTE_MS = 60_000;
const SECRET = 'a-secret-of-32-characters-000000';
const RULES: WebhookRules = { loopback: true, private_addresses: false };

const ALARM: Alarm = {
  id: 'EDGE_SILENT#edge-7',
  kind: 'EDGE_SILENT',
  since: '2026-03-15T11:00:00.000Z',
  target: 'edge:edge-7',
  site_id: 's-1',
  title: 'Edge edge-7 is silent.',
  acknowledged: null,
};

let t: TestTables;
let api: ApiUnderTest;
let context: StoreContext;
let receiver: WebhookReceiver;

beforeEach(async () => {
  t = await createTables();
  api = makeApi(t, { webhook_rules: RULES });
  context = storeContext(t, () => api.now);
  receiver = await startReceiver();
});
afterEach(() => Promise.all([t.drop(), receiver.stop()]));

/** Sends like the function notify, without its environment. */
const send: SendNotice = async ({ url }, notice, { secret, at_ms }) => {
  const body = payloadOf(notice);
  const headers = webhookHeaders(notice, { body, secret: secret!, at_ms });
  return postWebhook({ url: url!, body, headers, rules: RULES, timeout_ms: 300 });
};
const run = (client = t.client) =>
  asFunction('notify', () => deliverNotices({ ...context, client, deadline: api.now + 60_000 }, send));
const begin = (given: Partial<Alarm> = {}) =>
  t.client.send(new PutCommand({ TableName: t.tables.traffic, Item: alarmItem({ ...ALARM, ...given }) }));
const end = () =>
  t.client.send(new PutCommand({ TableName: t.tables.traffic, Item: alarmItem(ALARM, { ended: true }) }));
const set = (given: object = {}) =>
  api.data('Mutation.setDestination', {
    ...{ name: 'Pager', type: 'WEBHOOK', url: receiver.url, secret: SECRET },
    ...given,
  }) as Promise<{ id: string; updated_at: string }>;
const log = async (destination_id: string) =>
  ((await api.data('Query.deliveries', { destination_id })) as { items: Record<string, unknown>[] }).items;
const told = () => receiver.received.map(({ body }) => JSON.parse(body) as { id: string; type: string });
const types = () => told().map(({ type }) => type);

describe('a destination', () => {
  it('receives an alarm once, and its end, with the whole payload', async () => {
    const { id } = await set();
    await begin();
    await Promise.all([run(), run(), run()]);
    await run();
    const [{ headers, body }] = receiver.received as [(typeof receiver.received)[number]];
    const [delivery] = await log(id);
    expect(JSON.parse(body)).toEqual({
      v: 1,
      id: delivery!.id,
      type: 'alarm.began',
      created_at: new Date(api.now).toISOString(),
      alarm: {
        ...{ id: ALARM.id, kind: 'EDGE_SILENT', severity: 'CRITICAL', since: ALARM.since },
        ...{ title: ALARM.title, target: ALARM.target, site_id: 's-1' },
      },
    });
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'patronus-delivery': delivery!.id,
      'patronus-attempt': '1',
    });
    expect(await log(id)).toEqual([
      {
        ...{ id: delivery!.id, event: 'BEGAN', alarm_id: ALARM.id, title: ALARM.title, status: 'DELIVERED' },
        ...{ attempts: 1, answer_code: 200, error: null, next_attempt_at: null },
        created_at: new Date(api.now).toISOString(),
        last_attempt_at: new Date(api.now).toISOString(),
      },
    ]);
    api.now += MINUTE_MS;
    await end();
    await run();
    await run();
    expect(types()).toEqual(['alarm.began', 'alarm.ended']);
  });

  it('that fails is retried with growing waits, under the same id and with the same bytes', async () => {
    const { id } = await set();
    await begin();
    receiver.react(500, 'closes', 302, 200);
    const attempts: number[] = [];
    const begun = api.now;
    for (let minutes = 0; minutes <= 10; minutes++, api.now += MINUTE_MS) {
      await run();
      if (receiver.received.length > attempts.length) attempts.push((api.now - begun) / MINUTE_MS);
    }
    expect(attempts).toEqual([0, 1, 3, 8]);
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
    expect(await log(id)).toMatchObject([{ status: 'DELIVERED', attempts: 4, answer_code: 200 }]);
  });

  it('that never answers is given up after the last attempt, and still receives the end', async () => {
    const { id } = await set();
    await begin();
    receiver.react(...Array.from({ length: ATTEMPTS_MAX }, () => 503));
    const results = [await run()];
    for (const wait of WAITS_MINUTES) {
      api.now += wait * MINUTE_MS;
      results.push(await run());
    }
    expect(results.map(({ given_up }) => given_up)).toEqual([...WAITS_MINUTES.map(() => 0), 1]);
    expect(await log(id)).toMatchObject([
      {
        ...{ status: 'GIVEN_UP', attempts: ATTEMPTS_MAX, answer_code: 503, next_attempt_at: null },
        error: 'The receiver answered with status 503.',
      },
    ]);
    api.now += 600 * MINUTE_MS;
    expect(await run()).toEqual({ delivered: 0, failed: 0, given_up: 0, left: 0 });
    await end();
    await run();
    expect(types().at(-1)).toBe('alarm.ended');
  });

  it('receives alarms at least once, under one id, if a run is killed at any call', async () => {
    const faults = makeFaults();
    await set();
    await begin();
    await run(faults.on(t.client));
    const calls = faults.calls.length;
    // All calls before the first write only read.
    const firstPut = faults.calls.indexOf('PutCommand');
    receiver.received.length = 0;
    for (let at = firstPut - 1; at < calls; at++) {
      for (const fault of ['killed before', 'killed after'] as const) {
        await begin({ since: new Date(api.now).toISOString() });
        faults.arm({ fault, at });
        await run(faults.on(t.client)).catch(() => {});
        api.now += MINUTE_MS;
        await run();
        const ids = new Set(told().map(({ id }) => id));
        expect({ at, fault, ids: ids.size, types: new Set(types()) }).toEqual({
          ...{ at, fault, ids: 1 },
          types: new Set(['alarm.began']),
        });
        expect(receiver.received.length).toBeLessThanOrEqual(2);
        receiver.received.length = 0;
      }
    }
  });

  it('receives only its own kinds, and a test at any time', async () => {
    const { id } = await set({ kinds: ['THRESHOLD'] });
    await begin();
    const { delivery_id, message } = (await api.data('Mutation.testDestination', { id })) as {
      delivery_id: string;
      message: string;
    };
    expect(message).toBe('A test is sent to Pager within a minute; its deliveries show the result.');
    await run();
    await run();
    expect(told()).toEqual([
      { v: 1, id: delivery_id, type: 'test', created_at: new Date(api.now).toISOString(), alarm: null },
    ]);
  });

  it('receives deliveries at its latest address with its latest secret', async () => {
    const { id } = await set({ url: 'http://127.0.0.1:9/' });
    await begin();
    await run();
    expect(await log(id)).toMatchObject([{ status: 'PENDING', error: 'No answer came: ECONNREFUSED.' }]);
    await api.data('Mutation.updateDestination', { id, url: receiver.url, secret: 'another-secret-of-it' });
    api.now += MINUTE_MS;
    await run();
    const [{ headers, body }] = receiver.received as [(typeof receiver.received)[number]];
    const verify = await documentedVerification();
    const signature = String(headers['patronus-signature']);
    const at = { now: api.now };
    expect(verify({ body, signature, secret: 'another-secret-of-it', ...at })).toBe(true);
    expect(verify({ body, signature, secret: SECRET, ...at })).toBe(false);
    expect(verify({ body: `${body} `, signature, secret: 'another-secret-of-it', ...at })).toBe(false);
    const late = { now: api.now + 301_000 };
    expect(verify({ body, signature, secret: 'another-secret-of-it', ...late })).toBe(false);
  });

  it('does not receive the end of an alarm that it did not receive', async () => {
    await set();
    await begin();
    await api.data('Mutation.setMute', { until: inHours(1), reason: 'Works' });
    await run();
    await end();
    api.now += 2 * 3_600_000;
    await run();
    expect(types()).toEqual([]);
  });
});

describe('a mute', () => {
  it.each([
    [{}, true],
    [{ target: 'edge:edge-7' }, true],
    [{ target: 'site:s-1' }, true],
    [{ target: 'edge:edge-8' }, false],
  ])(
    'of %j suppresses the alarm: %s; alarms that are still open are delivered at its end',
    async (given, holds) => {
      await set();
      await api.data('Mutation.setMute', { until: inHours(1), reason: 'Works', ...given });
      await begin();
      await run();
      expect(types()).toEqual(holds ? [] : ['alarm.began']);
      const { items } = (await api.data('Query.alarms')) as { items: object[] };
      expect(items).toMatchObject([{ id: ALARM.id, muted_until: holds ? inHours(1) : null }]);
      api.now += 3_600_000;
      await run();
      expect(types()).toEqual(['alarm.began']);
      expect(await api.data('Query.mutes')).toEqual({ items: [], total: 0, next_token: null });
    },
  );

  it('that is removed delivers at once, and can be restored by undo', async () => {
    await set();
    const { id } = (await api.data('Mutation.setMute', { until: inHours(1), reason: 'Works' })) as {
      id: string;
    };
    await begin();
    const { audit_id } = (await api.data('Mutation.removeMute', { id })) as { audit_id: string };
    await run();
    expect(types()).toEqual(['alarm.began']);
    await api.data('Mutation.undo', { audit_id });
    expect(await api.data('Query.mutes')).toMatchObject({ items: [{ id, reason: 'Works' }] });
  });

  it.each([
    [{ until: '2020-01-01T00:00:00Z' }, 'until must be a time in the next 366 days.'],
    [
      { target: 'nothing' },
      'target must be the target of an alarm (such as edge:edge-7, site:<id>, path:<id> or policy:7).',
    ],
    [{ reason: '' }, 'reason must be 1 to 200 characters on one line, without control characters.'],
  ])('%j is rejected', async (given, message) => {
    const answer = await api.call('Mutation.setMute', { until: inHours(1), reason: 'Works', ...given });
    expect(answer).toEqual({ error: { type: 'ValidationError', message } });
  });
});

describe('changes of destinations', () => {
  const refused = async (given: object) =>
    (
      (await api.call('Mutation.setDestination', {
        ...{ name: 'Pager', type: 'WEBHOOK', url: receiver.url, secret: SECRET },
        ...given,
      })) as { error: object }
    ).error;

  it.each([
    [{ url: null }, 'url must be given for a webhook.'],
    [{ secret: null }, 'secret must be given for a webhook: its deliveries are signed with it.'],
    [{ secret: 'short' }, 'secret must be 16 to 128 printable ASCII characters without blanks.'],
    [{ url: 'http://example.com/' }, 'url must begin with https://.'],
    [
      { type: 'MAIL' },
      'url is of webhooks: a destination of type MAIL goes to the topic of this installation.',
    ],
    [{ type: 'MAIL', url: null }, 'secret is of webhooks: mail is not signed.'],
  ])('%j is rejected', async (given, message) => {
    expect(await refused(given)).toEqual({ type: 'ValidationError', message });
  });

  it('never show the secret: neither in answers, nor in the audit log, nor in refusals', async () => {
    const answers = [await set()];
    answers.push((await api.data('Query.destinations')) as never);
    const operator = { identity: personIn('operator') };
    await api.call(
      'Mutation.setDestination',
      { name: 'P', type: 'WEBHOOK', url: '', secret: SECRET },
      operator,
    );
    await refused({ url: `${receiver.url}#a`, secret: 'short' });
    await refused({ url: receiver.url, name: '' });
    const done = await api.data('Query.auditLog', { limit: 100 });
    const refusals = await api.data('Query.auditLog', { limit: 100, outcome: 'REFUSED' });
    expect(JSON.stringify([answers, done, refusals])).not.toContain(SECRET);
    // Addresses of webhooks are often secret too, and everyone may read the log.
    expect(JSON.stringify([done, refusals])).not.toContain(receiver.url);
    expect(JSON.stringify(refusals)).toContain('(not kept)');
  });

  it('are undone, except a secret and a removal', async () => {
    const undo = async (operation: string) => {
      const { items } = (await api.data('Query.auditLog', { action: operation })) as {
        items: { id: string }[];
      };
      return api.call('Mutation.undo', { audit_id: items.at(0)!.id });
    };
    const { id } = await set();
    await api.data('Mutation.updateDestination', { id, name: 'Other' });
    await undo('updateDestination');
    expect(await api.data('Query.destinations')).toMatchObject({ items: [{ id, name: 'Pager' }] });
    api.now += 1000;
    await api.data('Mutation.updateDestination', { id, secret: 'another-secret-of-it' });
    expect(await undo('updateDestination')).toMatchObject({
      error: {
        type: 'Conflict',
        message: `The destination ${id} got another secret by this change, and the earlier one is gone. Set one with updateDestination.`,
      },
    });
    api.now += 1000;
    await api.data('Mutation.updateDestination', { id, url: 'http://127.0.0.1:9/' });
    expect(await undo('updateDestination')).toMatchObject({
      error: {
        type: 'Conflict',
        message: `The destination ${id} got another address by this change, and the audit log stores no addresses. Set it with updateDestination.`,
      },
    });
    await api.data('Mutation.removeDestination', { id });
    expect(await undo('removeDestination')).toMatchObject({
      error: {
        message: expect.stringContaining(
          'Its secret was deleted. Create the destination again with setDestination.',
        ),
      },
    });
    expect(await api.data('Query.destinations')).toMatchObject({ items: [], total: 0 });
  });

  it('are limited to 20 destinations', async () => {
    for (let made = 0; made < 20; made++) await set();
    expect(await refused({})).toEqual({
      type: 'ValidationError',
      message:
        'There are 20 destinations, which is the limit: remove one with removeDestination before you add another.',
    });
  });
});

const inHours = (hours: number) => new Date(api.now + hours * 3_600_000).toISOString();

type Verify = (given: { body: string; signature: string; secret: string; now: number }) => boolean;

/** The example of docs/alarms.md, as a reader would run it. */
async function documentedVerification(): Promise<Verify> {
  const text = await readFile(projectFile('docs/alarms.md'), 'utf8');
  const [, code] = /```js\n([\s\S]*?)```/.exec(text)!;
  const module = await import(`data:text/javascript,${encodeURIComponent(code!)}`);
  return module.isFromPatronus;
}
