import type { LookupAddress } from 'node:dns';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postWebhook } from '../../../core/alarms/notices/post-webhook.ts';
import { startReceiver, type WebhookReceiver } from '../../support/webhook-receiver.ts';

let receiver: WebhookReceiver;

beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(() => receiver.stop());

const LOCAL = { loopback: true, private_addresses: false };
const CLOUD = { loopback: false, private_addresses: false };

const post = (given: Partial<Parameters<typeof postWebhook>[0]> = {}) =>
  postWebhook({ url: receiver.url, headers: { 'x-a': 'b' }, body: '{"ü":1}', rules: LOCAL, ...given });

/** A name that resolves to these addresses. */
const leadingTo =
  (...addresses: string[]) =>
  (_: string, __: unknown, done: (error: null, found: LookupAddress[]) => void) =>
    done(
      null,
      addresses.map(address => ({ address, family: address.includes(':') ? 6 : 4 })),
    );

describe('a webhook', () => {
  it('receives the body and the headers', async () => {
    expect(await post()).toEqual({ answer_code: 200, error: null });
    expect(receiver.received.at(-1)).toMatchObject({ body: '{"ü":1}', headers: { 'x-a': 'b' } });
  });

  it.each([
    [204, { answer_code: 204, error: null }],
    [500, { answer_code: 500, error: 'The receiver answered with status 500.' }],
    [302, { answer_code: 302, error: 'The receiver answered with status 302, which is not followed.' }],
    ['closes', { answer_code: null, error: 'No answer came: ECONNRESET.' }],
    ['hangs', { answer_code: null, error: 'No answer came: the time was over.' }],
  ] as const)('is called once if it answers with %s', async (reaction, outcome) => {
    const before = receiver.received.length;
    receiver.react(reaction);
    expect(await post(reaction === 'hangs' ? { timeout_ms: 200 } : {})).toEqual(outcome);
    expect(receiver.received).toHaveLength(before + 1);
  });

  it.each([
    ['127.0.0.1', CLOUD],
    ['169.254.169.254', LOCAL],
    ['10.0.0.1', LOCAL],
    ['::ffff:127.0.0.1', CLOUD],
  ])('is not called if its name leads to %s at the time of the connection', async (address, rules) => {
    const before = receiver.received.length;
    const url = receiver.url.replace('127.0.0.1', 'hooks.example.com');
    expect(await post({ url, rules, lookup: leadingTo(address) })).toEqual({
      answer_code: null,
      error: 'No answer came: hooks.example.com leads to no public address, which webhooks have to.',
    });
    expect(receiver.received).toHaveLength(before);
  });

  it('is called at an allowed address if its name also leads to others', async () => {
    const url = receiver.url.replace('127.0.0.1', 'hooks.example.com');
    const outcome = await post({ url, lookup: leadingTo('10.0.0.1', '127.0.0.1') });
    expect(outcome).toEqual({ answer_code: 200, error: null });
  });

  it('is not called at an address that is not allowed', async () => {
    expect(await post({ rules: CLOUD })).toEqual({
      answer_code: null,
      error: 'No answer came: 127.0.0.1 leads to no public address, which webhooks have to.',
    });
  });
});
