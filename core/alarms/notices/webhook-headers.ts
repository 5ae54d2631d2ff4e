import type { Notice } from './notice.ts';
import { signatureOf } from './payload.ts';

/** The headers of a delivery: its id and its sender. */
export function webhookHeaders(
  { delivery_id, attempts }: Pick<Notice, 'delivery_id' | 'attempts'>,
  { body, secret, at_ms }: { body: string; secret: string; at_ms: number },
): Record<string, string> {
  return {
    'content-type': 'application/json',
    'user-agent': 'Patronus',
    'patronus-delivery': delivery_id,
    'patronus-attempt': String(attempts),
    'patronus-signature': signatureOf(body, { secret, at_ms }),
  };
}
