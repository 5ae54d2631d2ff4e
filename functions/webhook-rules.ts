import type { WebhookRules } from '../core/alarms/destinations/destination-input.ts';

/**
 * Addresses that webhooks may have. On one machine, where AWS itself is on the loopback, the
 * loopback is allowed too.
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
