import type { WebhookRules } from '../core/alarms/destinations/destination-input.ts';

/**
 * Which addresses webhooks may lead to. On one machine, where AWS itself is on the loopback, to the
 * loopback too.
 */
export function webhookRulesOf(environment: {
  WEBHOOKS_TO_PRIVATE_ADDRESSES: 'on' | 'off';
  AWS_ENDPOINT_URL?: string | undefined;
}): WebhookRules {
  const { WEBHOOKS_TO_PRIVATE_ADDRESSES, AWS_ENDPOINT_URL } = environment;
  return {
    loopback: AWS_ENDPOINT_URL !== undefined && new URL(AWS_ENDPOINT_URL).hostname === '127.0.0.1',
    private_addresses: WEBHOOKS_TO_PRIVATE_ADDRESSES === 'on',
  };
}
