import { describe, expect, it } from 'vitest';
import { publishEvent } from '../../../functions/broadcast/publish-event.ts';

const AROUND = {
  id: 'e-1',
  type: 'T',
  timestamp: '2026-01-31T12:00:00Z',
  site_id: null,
  site_seq: null,
  title: 'Policy Voice was changed.',
  actor: null,
  target: 'policy:7',
  target_name: 'Voice',
  audit_id: 'e-1',
};

/** What is published of an event, and the bytes that a subscriber of all its fields is sent. */
async function published(data: unknown) {
  let sent: Record<string, unknown> = {};
  await publishEvent(
    { ...AROUND, data },
    {
      async query(_, variables) {
        sent = variables!;
      },
    },
  );
  return { sent, bytes: Buffer.byteLength(JSON.stringify({ data: { events: sent } })) };
}

describe('publishing an event', () => {
  it.each([
    ['plain letters', 'x', 1],
    ['quotes, escaped twice', '"', 4],
    ['letters of three bytes', '€', 3],
    ['line breaks, escaped twice', '\n', 3],
  ])('sends its data if all of it is within 240 KB: %s', async (_, char, bytes) => {
    const most = Math.floor((230 * 1024) / bytes);
    const whole = await published(char.repeat(most));
    expect(whole.sent.data).toBe(JSON.stringify(char.repeat(most)));
    expect(whole.bytes).toBeLessThanOrEqual(240 * 1024);
    const tooMuch = Math.ceil((240 * 1024) / bytes);
    expect((await published(char.repeat(tooMuch))).sent).toEqual({ ...AROUND, data: null });
  });

  it('sends null for an event without data', async () => {
    expect((await published(undefined)).sent).toEqual({ ...AROUND, data: 'null' });
  });
});
