import type { Figure, FigureScope } from '../../graphql/schema.generated.ts';

/** What figures can be followed of. */
export const FIGURE_SCOPES = ['POLICIES', 'SITES', 'PATHS', 'TOTALS'] as const satisfies FigureScope[];

/** The id of the one item of TOTALS. */
export const TOTALS_ID = 'all';

/**
 * A figure without what its scope doesn't have, which is null then: a network has thousands of
 * them.
 */
export type LiveFigure = Pick<Figure, 'id'> & Partial<Figure>;

/** A figure as clients get it, without its id: what it leaves out is null. */
const LEFT_OUT: Omit<Figure, 'id'> = {
  name: null,
  packets_exact: null,
  bytes_exact: null,
  active_flows: null,
  rate: null,
  status: null,
  score: null,
  latency_ms: null,
  jitter_ms: null,
  packet_loss_pct: null,
  measured_at: null,
  complete_share: null,
};

/**
 * Bytes of JSON that a figure has where it is sent: GraphQL writes out the fields that are null.
 */
export const sentBytes = (figure: LiveFigure): number =>
  Buffer.byteLength(JSON.stringify({ ...LEFT_OUT, ...figure }));

/** The figures of a scope as they were read. */
export interface ReadFigures {
  /**
   * When they were read; of SITES, when the last snapshot was taken. Milliseconds since the epoch.
   */
  as_of_ms: number;
  items: LiveFigure[];
}

/** A reading that pages are cut from: its items are in the order of their ids. */
export interface HeldFigures extends ReadFigures {
  /** Names the reading in tokens. */
  reading: string;
}

/** What has changed between two readings. */
export interface FigureChanges {
  items: LiveFigure[];
  /** Ids of the earlier reading that aren't in the later one. */
  removed: string[];
}

/** The figures as texts by their ids, to compare with later ones. */
export type FigureTexts = ReadonlyMap<string, string>;

export function textsOf(items: readonly LiveFigure[]): FigureTexts {
  return new Map(items.map(item => [item.id, JSON.stringify(item)]));
}

/** What has changed since `before`; without it, everything. */
export function changesSince(before: FigureTexts | undefined, items: readonly LiveFigure[]): FigureChanges {
  if (!before) return { items: [...items], removed: [] };
  const left = new Set(items.map(({ id }) => id));
  return {
    items: items.filter(item => before.get(item.id) !== JSON.stringify(item)),
    removed: [...before.keys()].filter(id => !left.has(id)),
  };
}
