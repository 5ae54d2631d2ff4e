import type { Routing } from './operations.ts';

type Preference = Routing['preference'];

const TEXTS: Record<Preference, string> = {
  LOWEST_LATENCY: 'The lowest latency',
  HIGHEST_BANDWIDTH: 'The highest bandwidth',
  LOWEST_PACKET_LOSS: 'The lowest packet loss',
  LOWEST_COST: 'The lowest cost',
  CUSTOM: 'The best by weights',
};

/** What a policy can prefer, as a choice. */
export const PREFERENCES = Object.entries(TEXTS).map(([id, text]) => ({ id, text }));

export const preferenceText = (preference: Preference): string => TEXTS[preference];

/** What weights are of, for the preference by weights. */
export const WEIGHTS = [
  { name: 'latency', label: 'Weight of latency' },
  { name: 'jitter', label: 'Weight of jitter' },
  { name: 'loss', label: 'Weight of loss' },
  { name: 'bandwidth', label: 'Weight of bandwidth' },
  { name: 'cost', label: 'Weight of cost' },
] as const;

/** The arguments that the fields of the routing form stand for; an empty one takes its default. */
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

/** What is no number is sent as one that the API refuses, so that it says what is allowed. */
function decimalOf(text: string | undefined): number | null {
  const given = text?.trim() ?? '';
  if (given === '') return null;
  return /^\d{1,9}(\.\d{1,9})?$/.test(given) ? Number(given) : -1;
}
