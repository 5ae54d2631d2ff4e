/** A publication of live figures, or the answer of the query, as far as keeping them is concerned. */
export interface FiguresMessage<Item extends { id: string }> {
  seq: number;
  part: number;
  parts: number;
  as_of: string;
  items: readonly Item[];
  removed: readonly string[];
}

/** All figures of a scope as they are now. */
export interface FiguresState<Item> {
  /** Of the last publication that is in it. */
  seq: number;
  as_of: string;
  items: ReadonlyMap<string, Item>;
  /** The publication of which parts are still to come. */
  open: { seq: number; parts: ReadonlySet<number> } | null;
}

/** What the query has answered: all items. */
export function figuresOf<Item extends { id: string }>({
  seq,
  as_of,
  items,
}: FiguresMessage<Item>): FiguresState<Item> {
  return { seq, as_of, items: new Map(items.map(item => [item.id, item])), open: null };
}

/**
 * The figures with a publication: the same state where it is old, `GAP` where one before it was missed, so that the query has to be
 * asked again.
 */
export function withPublication<Item extends { id: string }>(
  state: FiguresState<Item>,
  { seq, part, parts, as_of, items, removed }: FiguresMessage<Item>,
): FiguresState<Item> | 'GAP' {
  if (seq <= state.seq) return state;
  if (seq > state.seq + 1) return 'GAP';
  const heard = new Set(state.open?.parts).add(part);
  const merged = new Map(state.items);
  for (const item of items) merged.set(item.id, item);
  for (const id of removed) merged.delete(id);
  if (heard.size === parts) return { seq, as_of, items: merged, open: null };
  return { seq: state.seq, as_of: state.as_of, items: merged, open: { seq, parts: heard } };
}
