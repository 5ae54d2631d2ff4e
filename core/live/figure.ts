import type { Figure, FigureScope } from '../../graphql/schema.generated.ts';

/** The scopes whose figures can be followed. */
export const FIGURE_SCOPES = ['POLICIES', 'SITES', 'PATHS', 'TOTALS'] as const satisfies FigureScope[];

/** The id of the one item of TOTALS. */
export const TOTALS_ID = 'all';

/** A figure without the fields that its scope doesn't have, which clients get as null. */
export type LiveFigure = Pick<Figure, 'id'> & Partial<Figure>;

/** The fields of a figure without its id, as clients get them when they are omitted. */
const OMITTED: Omit<Figure, 'id'> = {
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

/** Bytes of a figure's JSON in an answer, in which GraphQL includes null fields. */
export const sentBytes = (figure: LiveFigure): number =>
  Buffer.byteLength(JSON.stringify({ ...OMITTED, ...figure }));

/** The figures of a scope from one reading. */
export interface ReadFigures {
  /** When they were read; for SITES the last snapshot's time. Milliseconds since the epoch. */
  as_of_ms: number;
  items: LiveFigure[];
}

/** A reading for pages, with its items in the order of their ids. */
export interface HeldFigures extends ReadFigures {
  /** The reading's id in tokens. */
  reading: string;
}

/** The changes between two readings. */
export interface FigureChanges {
  items: LiveFigure[];
  /** Ids that are in the earlier reading and not in the later one. */
  removed: string[];
}

/** Figures as text by their ids, for comparison with later ones. */
export type FigureTexts = ReadonlyMap<string, string>;

export function textsOf(items: readonly LiveFigure[]): FigureTexts {
  return new Map(items.map(item => [item.id, JSON.stringify(item)]));
}

/** The changes since `before`; without it all figures. */
export function changesSince(before: FigureTexts | undefined, items: readonly LiveFigure[]): FigureChanges {
  if (!before) return { items: [...items], removed: [] };
  const left = new Set(items.map(({ id }) => id));
  return {
    items: items.filter(item => before.get(item.id) !== JSON.stringify(item)),
    removed: [...before.keys()].filter(id => !left.has(id)),
  };
}
