import { createHmac } from 'node:crypto';
import { timestamp } from '../../storage/store-context.ts';
import { ALARM_ROWS } from '../alarm-rows.ts';
import type { Notice } from './notice.ts';

/** The version of the payload. New fields don't change it. */
const VERSION = 1;

const TYPES = { BEGAN: 'alarm.began', ENDED: 'alarm.ended', TEST: 'test' } as const;

/** The body for a webhook (docs/alarms.md): the same bytes in every attempt. */
export function payloadOf({ delivery_id, event, since, alarm, created_ms }: Notice): string {
  return JSON.stringify({
    v: VERSION,
    id: delivery_id,
    type: TYPES[event],
    created_at: timestamp(created_ms),
    alarm: alarm && { ...alarm, severity: ALARM_ROWS[alarm.kind].severity, since },
  });
}

/**
 * The header `patronus-signature`: the time of sending and the HMAC-SHA256, in hex, of the time, a
 * full stop and the body.
 *
 * @example signatureOf('{}', { secret, at_ms: 1_700_000_000_000 }) // 't=1700000000,v1=5f…'
 */
export function signatureOf(body: string, { secret, at_ms }: { secret: string; at_ms: number }): string {
  const time = Math.floor(at_ms / 1000);
  return `t=${time},v1=${createHmac('sha256', secret).update(`${time}.${body}`).digest('hex')}`;
}

/** A mail. SNS accepts subjects of up to 100 printable ASCII characters. */
export function mailOf({ event, alarm, since, delivery_id }: Notice): { subject: string; text: string } {
  if (!alarm) {
    return { subject: 'Patronus: a test', text: `This is a test.\n\nDelivery ${delivery_id}` };
  }
  const word = event === 'ENDED' ? 'ended' : ALARM_ROWS[alarm.kind].severity.toLowerCase();
  const title = alarm.title.replaceAll(/[^\x20-\x7e]/g, '?');
  const subject = `Patronus, ${word}: ${title}`;
  return {
    subject: subject.length <= 100 ? subject : `${subject.slice(0, 97)}...`,
    text: [
      `${event === 'ENDED' ? 'Ended' : 'Began'}: ${alarm.title}`,
      '',
      `Since ${since}`,
      `About ${alarm.target}`,
      `Delivery ${delivery_id}`,
    ].join('\n'),
  };
}
