/** The common fields of a publication of live figures and of a page of the query's answer. */
export interface FiguresMessage<Item extends { id: string }> {
  seq: number;
  part: number;
  parts: number;
  as_of: string;
  items: readonly Item[];
  removed: readonly string[];
}

/** All current figures of a scope. */
export interface FiguresState<Item> {
  /** The number of the last publication that was merged. */
  seq: number;
  as_of: string;
  items: ReadonlyMap<string, Item>;
}

/** Figures from the pages of the query's answer. */
export function figuresOf<Item extends { id: string }>(
  pages: readonly [FiguresMessage<Item>, ...FiguresMessage<Item>[]],
): FiguresState<Item> {
  const [{ seq, as_of }] = pages;
  return { seq, as_of, items: new Map(pages.flatMap(({ items }) => items.map(item => [item.id, item]))) };
}

/** Merges a newer page into the figures. Their `seq` stays: publications above it apply to both. */
export function withPage<Item extends { id: string }>(
  state: FiguresState<Item>,
  page: FiguresMessage<Item>,
): FiguresState<Item> {
  return { ...state, items: merged(state.items, [page]) };
}

/**
 * Merges the publications above the figures' `seq` whose parts have all arrived, in any order.
 * Returns the same state if there is none, and `GAP` if a publication was missed, so that the query
 * must run again.
 */
export function following<Item extends { id: string }>(
  state: FiguresState<Item>,
  heard: readonly FiguresMessage<Item>[],
): FiguresState<Item> | 'GAP' {
  let now = state;
  for (let next = publication(heard, now.seq + 1); next; next = publication(heard, now.seq + 1)) {
    const [{ seq, as_of }] = next;
    now = { seq, as_of, items: merged(now.items, next) };
  }
  return heard.some(({ seq }) => seq > now.seq + 1) ? 'GAP' : now;
}

type Parts<Item extends { id: string }> = [FiguresMessage<Item>, ...FiguresMessage<Item>[]];

/** All parts of a publication; undefined if one is missing. */
function publication<Item extends { id: string }>(
  heard: readonly FiguresMessage<Item>[],
  seq: number,
): Parts<Item> | undefined {
  const parts = new Map(heard.filter(message => message.seq === seq).map(message => [message.part, message]));
  const [first, ...others] = parts.values();
  return first && parts.size === first.parts ? [first, ...others] : undefined;
}

function merged<Item extends { id: string }>(
  before: ReadonlyMap<string, Item>,
  messages: readonly FiguresMessage<Item>[],
): ReadonlyMap<string, Item> {
  const items = new Map(before);
  for (const message of messages) {
    for (const item of message.items) items.set(item.id, item);
    for (const id of message.removed) items.delete(id);
  }
  return items;
}
