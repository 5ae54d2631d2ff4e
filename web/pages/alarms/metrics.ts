import { bitsPerSecond, UNKNOWN } from '../../parts/format.ts';
import type { ThresholdRow } from './operations.ts';

export type Scope = ThresholdRow['scope'];
export type Metric = ThresholdRow['metric'];

export const SCOPES: Record<Scope, { word: string; metrics: readonly Metric[] }> = {
  POLICY: { word: 'Policy', metrics: ['BITS_PER_SECOND', 'PACKETS_PER_SECOND'] },
  SITE: { word: 'Site', metrics: ['BITS_PER_SECOND', 'PACKETS_PER_SECOND', 'COMPLETENESS_PCT'] },
  EDGE: { word: 'Edge', metrics: ['SILENCE_MINUTES', 'BITS_PER_SECOND', 'PACKETS_PER_SECOND'] },
  PATH: {
    word: 'Path',
    metrics: [
      ...(['SCORE', 'PACKET_LOSS_PCT', 'LATENCY_MS', 'JITTER_MS'] as const),
      ...(['BITS_PER_SECOND', 'TX_BITS_PER_SECOND', 'RX_BITS_PER_SECOND'] as const),
    ],
  },
};

export const METRIC_WORDS: Record<Metric, string> = {
  BITS_PER_SECOND: 'Traffic',
  PACKETS_PER_SECOND: 'Packet rate',
  TX_BITS_PER_SECOND: 'Traffic sent',
  RX_BITS_PER_SECOND: 'Traffic received',
  LATENCY_MS: 'Latency',
  JITTER_MS: 'Jitter',
  PACKET_LOSS_PCT: 'Loss',
  SCORE: 'Score',
  COMPLETENESS_PCT: 'Completeness',
  SILENCE_MINUTES: 'Silence',
};

/** The description of the field for a value. */
export const METRIC_UNITS: Record<Metric, string> = {
  BITS_PER_SECOND: 'Bit/s; 10M is 10,000,000.',
  PACKETS_PER_SECOND: 'Packets/s; 10k is 10,000.',
  TX_BITS_PER_SECOND: 'Bit/s; 10M is 10,000,000.',
  RX_BITS_PER_SECOND: 'Bit/s; 10M is 10,000,000.',
  LATENCY_MS: 'Milliseconds.',
  JITTER_MS: 'Milliseconds.',
  PACKET_LOSS_PCT: 'Per cent, 0 to 100.',
  SCORE: '0 to 100; 100 is best.',
  COMPLETENESS_PCT: 'Per cent, 0 to 100.',
  SILENCE_MINUTES: 'Minutes.',
};

const FIGURE = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 4 });

/** A figure of a threshold with its unit. */
export function figureText(
  value: number | null,
  { metric, unit }: Pick<ThresholdRow, 'metric' | 'unit'>,
): string {
  if (value === null) return UNKNOWN;
  if (metric.endsWith('BITS_PER_SECOND')) return bitsPerSecond(value);
  return `${FIGURE.format(value)} ${unit}`;
}

const FACTORS: Record<string, number> = { '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12 };

/**
 * The number in a field, such as `10M`; undefined: empty. Text that is not a number becomes -1, so
 * that the API refuses it with a message that says what is allowed.
 */
export function numberIn(text: string | undefined): number | undefined {
  const trimmed = text?.trim() ?? '';
  if (trimmed === '') return undefined;
  const [, digits, prefix = ''] = /^(\d+(?:\.\d+)?)\s*([kMGT]?)$/.exec(trimmed) ?? [];
  return digits === undefined ? -1 : Number(digits) * FACTORS[prefix]!;
}
