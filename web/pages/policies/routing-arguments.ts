import type { Routing } from './operations.ts';

type Preference = Routing['preference'];

const TEXTS: Record<Preference, string> = {
  LOWEST_LATENCY: 'Lowest latency',
  HIGHEST_BANDWIDTH: 'Highest bandwidth',
  LOWEST_PACKET_LOSS: 'Lowest packet loss',
  LOWEST_COST: 'Lowest cost',
  CUSTOM: 'Weighted',
};

/** The preferences of a policy, as options. */
export const PREFERENCES = Object.entries(TEXTS).map(([id, text]) => ({ id, text }));

export const preferenceText = (preference: Preference): string => TEXTS[preference];

/** The fields of the weights, for the preference by weights. */
export const WEIGHTS = [
  { name: 'latency', label: 'Weight of latency' },
  { name: 'jitter', label: 'Weight of jitter' },
  { name: 'loss', label: 'Weight of loss' },
  { name: 'bandwidth', label: 'Weight of bandwidth' },
  { name: 'cost', label: 'Weight of cost' },
] as const;

/** The arguments for the values of the routing form; an empty field stands for its default. */
export function routingArguments(values: Readonly<Record<string, string>>, preference: Preference) {
  const number = (name: string) => decimalOf(values[name]);
  return {
    preference,
    weights:
      preference === 'CUSTOM'
        ? Object.fromEntries(WEIGHTS.map(({ name }) => [name, number(`weights.${name}`)]))
        : null,
    failover_below: number('failover_below'),
    failback_above: number('failback_above'),
    failback_hold_seconds: number('failback_hold_seconds'),
  };
}

/**
 * Text that is not a number is sent as one that the API refuses, so that its message says what is
 * allowed.
 */
function decimalOf(text: string | undefined): number | null {
  const given = text?.trim() ?? '';
  if (given === '') return null;
  return /^\d{1,9}(\.\d{1,9})?$/.test(given) ? Number(given) : -1;
}
