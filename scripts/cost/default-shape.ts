import type { NetworkShape } from './network-shape.ts';

/** A deployment with every setting at its default. */
export const DEFAULT_SHAPE: NetworkShape = {
  edges: 1000,
  policies: 20,
  paths: 2,
  flows: 100,
  interval_s: 60,
  window_s: 5,
  retention_hours: 168,
  encrypted: true,
  provisioned_units: 0,
  flow_hours: 24,
  dashboard: true,
  firewall: false,
  request_log: false,
  console_hours: 0,
  // As in the simulated day of 200 edges (bench/usage/network-changes.ts).
  edits_a_day: 4,
  failures_a_day: 3 / 200,
};

/** A network in words, for headings. */
export function describe({ edges, policies, paths, flows, interval_s }: NetworkShape): string {
  const listed = flows === 0 ? 'no flow log' : `${flows} flows a report`;
  return `${edges.toLocaleString('en')} edges, ${policies} policies, ${paths} paths an edge, a report each ${interval_s} s, ${listed}`;
}
