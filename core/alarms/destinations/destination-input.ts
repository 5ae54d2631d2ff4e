import { z } from 'zod';
import { ValidationError } from '../../errors.ts';
import { lineOfText } from '../../inventory/model/parse-input.ts';
import { ALARM_KINDS } from '../alarm.ts';
import { addressKind } from '../notices/address-kind.ts';

/** The addresses that webhooks may have. */
export interface WebhookRules {
  /** Addresses of this machine, also over http: for the one-machine system. */
  loopback: boolean;
  /** Addresses of private networks. */
  private_addresses: boolean;
}

export const destinationName = lineOfText('name', 80);

const SECRET_RULE = 'secret must be 16 to 128 printable ASCII characters without blanks.';

/** The secret with which a webhook's deliveries are signed. */
export const webhookSecret = z.string(SECRET_RULE).regex(/^[\x21-\x7e]{16,128}$/, SECRET_RULE);

const KINDS_RULE = `kinds must be some of ${ALARM_KINDS.join(', ')}.`;

export const alarmKinds = z
  .array(z.enum(ALARM_KINDS), KINDS_RULE)
  .min(1, KINDS_RULE)
  .transform(kinds => ALARM_KINDS.filter(kind => kinds.includes(kind)));

const URL_MAX = 1000;

/**
 * The address of a webhook in its normal form. Names are looked up and checked when a delivery is
 * sent.
 *
 * @throws ValidationError
 */
export function webhookUrl(given: string, { loopback, private_addresses }: WebhookRules): string {
  const url = URL.parse(given);
  if (!url || given.length > URL_MAX) refuse(`url must be an address of at most ${URL_MAX} characters.`);
  if (url.username || url.password) refuse('url must be without user and password: use the signature.');
  const kind = addressKind(url.hostname.replace(/^\[(.*)\]$/, '$1'));
  const isLoopback = kind === 'loopback' || url.hostname === 'localhost';
  if (isLoopback && loopback && /^https?:$/.test(url.protocol)) return url.href;
  if (url.protocol !== 'https:') refuse('url must begin with https://.');
  if (isLoopback || kind === 'special') refuse('url must be an address that others than this machine have.');
  if (kind === 'private' && !private_addresses) {
    refuse(
      'url must be a public address: one of a private network needs the setting webhooks_to_private_addresses.',
    );
  }
  return url.href;
}

function refuse(message: string): never {
  throw new ValidationError(message, { arguments: ['url'] });
}
