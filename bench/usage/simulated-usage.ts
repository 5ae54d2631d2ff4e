import type { Shape } from './fleet.ts';
import type { Publications } from './publications.ts';
import type { Usage } from './usage.ts';

/** The use of a network of a shape in a number of minutes. */
export interface SimulatedUsage {
  shape: Shape;
  minutes: number;
  functions: Record<string, Usage>;
  /** Sent reports, and the average bytes of one. */
  reports: number;
  record_bytes: number;
  /** Average bytes of a lane's item. */
  lane_bytes: number;
  /** The edges' requests to the API, and the average bytes of an answer. */
  api_requests: number;
  answer_bytes: number;
  publications: Publications;
  /** The number of events other than reports. */
  changes: { edits: number; failures: number; silences: number };
  /** The use of one open console after these minutes. */
  console?: ConsoleUsage;
  /** Every metric that was published: namespace, name and dimensions. */
  metrics: string[];
  /** Units by purpose, largest first. */
  by_item: [string, number][];
}

/** The use of one console that was open for a number of minutes. */
export interface ConsoleUsage {
  minutes: number;
  /** Minutes of history that the network had, of the hour that the console shows. */
  history_minutes: number;
  /** The use of the function that answers it, and of the one that publishes figures to it. */
  functions: Record<string, Usage>;
  requests: number;
  answer_bytes: number;
  publications: Publications;
}
