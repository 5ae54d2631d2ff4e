import { z } from 'zod';
import type { Setting, SettingKind } from '../settings/setting.ts';

export const THRESHOLD_SCOPES = ['POLICY', 'SITE', 'EDGE', 'PATH'] as const;
export type ThresholdScope = (typeof THRESHOLD_SCOPES)[number];

/** A figure that can have thresholds. */
export interface Metric {
  scopes: readonly ThresholdScope[];
  /** The unit in titles, after the number. */
  unit: string;
  /** Its name in the middle of a sentence. */
  words: string;
  /** The largest value that a threshold may have. */
  most: number;
  /** Set if one direction alone makes sense. */
  only?: ThresholdDirection;
}

export const DIRECTIONS = ['ABOVE', 'BELOW'] as const;
export type ThresholdDirection = (typeof DIRECTIONS)[number];

const PATH: readonly ThresholdScope[] = ['PATH'];
const CARRIERS: readonly ThresholdScope[] = ['POLICY', 'SITE', 'EDGE', 'PATH'];

/** Every figure with its scopes and its unit. The traffic of a path is that of both directions. */
export const METRICS = {
  BITS_PER_SECOND: { scopes: CARRIERS, unit: 'bit/s', words: 'the traffic', most: 1e15 },
  PACKETS_PER_SECOND: {
    scopes: ['POLICY', 'SITE', 'EDGE'],
    unit: 'packets/s',
    words: 'the packet rate',
    most: 1e12,
  },
  TX_BITS_PER_SECOND: { scopes: PATH, unit: 'bit/s', words: 'the traffic sent', most: 1e15 },
  RX_BITS_PER_SECOND: { scopes: PATH, unit: 'bit/s', words: 'the traffic received', most: 1e15 },
  LATENCY_MS: { scopes: PATH, unit: 'ms', words: 'the latency', most: 1e6 },
  JITTER_MS: { scopes: PATH, unit: 'ms', words: 'the jitter', most: 1e6 },
  PACKET_LOSS_PCT: { scopes: PATH, unit: '%', words: 'the packet loss', most: 100 },
  SCORE: { scopes: PATH, unit: 'points', words: 'the score', most: 100 },
  COMPLETENESS_PCT: { scopes: ['SITE'], unit: '%', words: 'the share of edges heard', most: 100 },
  SILENCE_MINUTES: {
    scopes: ['EDGE'],
    unit: 'minutes',
    words: 'the silence',
    most: 10_080,
    only: 'ABOVE',
  },
} as const satisfies Record<string, Metric>;

export type ThresholdMetric = keyof typeof METRICS;
export const THRESHOLD_METRICS = Object.keys(METRICS) as [ThresholdMetric, ...ThresholdMetric[]];

/** Upper limit of the minutes for which a condition has to hold: a day. */
export const MINUTES_MAX = 1440;

/** Upper limit of the thresholds. Their states are one item, of 60 KB at the limit. */
export const THRESHOLDS_MAX = 500;

/** A limit that a person has set for a figure. */
export interface Threshold extends Setting {
  name: string;
  scope: ThresholdScope;
  /** The id of the policy, site, edge or path. */
  target_id: string;
  metric: ThresholdMetric;
  direction: ThresholdDirection;
  /** The limit, in the metric's unit. */
  value: number;
  /** An alarm ends when the figure reaches this. Equal to `value` without hysteresis. */
  clear_value: number;
  /** For how many minutes in a row the figure has to be beyond `value`. */
  minutes: number;
}

const thresholdSchema = z
  .object({
    sk: z.string(),
    name: z.string(),
    scope: z.enum(THRESHOLD_SCOPES),
    target_id: z.string(),
    metric: z.enum(THRESHOLD_METRICS),
    direction: z.enum(DIRECTIONS),
    value: z.number(),
    clear_value: z.number(),
    minutes: z.number(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .transform(({ sk, ...threshold }): Threshold => ({ id: sk, ...threshold }));

const THRESHOLD_PARTITION = 'THRESHOLD';

export const THRESHOLD: SettingKind<Threshold> = {
  name: 'threshold',
  partition: THRESHOLD_PARTITION,
  schema: thresholdSchema,
  most: THRESHOLDS_MAX,
  query: 'thresholds',
  remove: 'removeThreshold',
};

/** The target in the form of the audit log: `policy:7`. */
export const targetOf = ({ scope, target_id }: Pick<Threshold, 'scope' | 'target_id'>): string =>
  `${scope.toLowerCase()}:${target_id}`;

/** @example conditionText(threshold) // 'the traffic of policy 7 is above 10,000,000 bit/s' */
export function conditionText(threshold: Threshold): string {
  const { metric, scope, target_id, direction, value } = threshold;
  const { words, unit } = METRICS[metric];
  const limit = value.toLocaleString('en', { maximumFractionDigits: 3 });
  return `${words} of ${scope.toLowerCase()} ${target_id} is ${direction.toLowerCase()} ${limit} ${unit}`;
}
