/**
 * A publication of live figures, or a page of the query's answer, as far as keeping them is
 * concerned.
 */
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
}

/** What the query has answered, page by page. */
export function figuresOf<Item extends { id: string }>(
  pages: readonly [FiguresMessage<Item>, ...FiguresMessage<Item>[]],
): FiguresState<Item> {
  const [{ seq, as_of }] = pages;
  return { seq, as_of, items: new Map(pages.flatMap(({ items }) => items.map(item => [item.id, item]))) };
}

/**
 * The figures with a page that is newer than they are: what is published above their `seq` goes
 * with both.
 */
export function withPage<Item extends { id: string }>(
  state: FiguresState<Item>,
  page: FiguresMessage<Item>,
): FiguresState<Item> {
  return { ...state, items: merged(state.items, [page]) };
}

/**
 * The figures with what was published above them, as far as all parts of each publication are
 * there, in any order: the same state where none is. `GAP` where a publication before another one
 * was missed, so that the query has to be asked again.
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

/** All parts of a publication; undefined where one is missing. */
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
