import { randomUUID } from 'node:crypto';
import type { FigureScope } from '../../graphql/schema.generated.ts';
import { compareKeys } from '../storage/key-order.ts';
import { makePageToken, readPageToken } from '../storage/page-token.ts';
import type { StoreContext } from '../storage/store-context.ts';
import type { HeldFigures, LiveFigure, ReadFigures } from './figure.ts';
import { type FigureMemory, readFigures } from './read-figures.ts';

/** Maximum of bytes of a page's items as JSON: below AppSync's limit for a resolver's result. */
const PAGE_BYTES = 890_000;

/** The position at which a page begins. */
export interface FigurePosition {
  /** The publication to which all pages of the list belong. */
  seq: number;
  /** The reading of the previous page. */
  reading: string;
  /** The last id of the previous page. */
  id: string;
}

export interface FigurePage {
  as_of_ms: number;
  items: LiveFigure[];
  next_token: string | null;
}

export interface FigurePageQuery {
  scope: FigureScope;
  after: FigurePosition | undefined;
  /** The last publication before the list was requested. */
  seq: number;
  /** Maximum of items; a page may have fewer because of its size. */
  limit: number;
}

/**
 * A page of a scope's figures. The pages of one reading show one instant. When another function has
 * answered the previous page, this one uses a new reading: its figures are newer, and publications
 * above `seq` apply to them as well.
 *
 * @throws ValidationError for a network that is too large · Throttled at the deadline
 */
export async function readFigurePage(
  context: StoreContext,
  memory: FigureMemory,
  { scope, after, seq, limit }: FigurePageQuery,
): Promise<FigurePage> {
  memory.pages ??= new Map();
  const held = memory.pages.get(scope);
  const figures =
    after && held?.reading === after.reading ? held : inOrder(await readFigures[scope](context, memory));
  const items = pageOf(figures.items, { after: after?.id, limit });
  const last = items.at(-1);
  const isLast = last === undefined || last.id === figures.items.at(-1)!.id;
  if (isLast) {
    if (held === figures) memory.pages.delete(scope);
    return { as_of_ms: figures.as_of_ms, items, next_token: null };
  }
  memory.pages.set(scope, figures);
  const next_token = makeFigureToken(scope, { seq, reading: figures.reading, id: last.id });
  return { as_of_ms: figures.as_of_ms, items, next_token };
}

function inOrder({ as_of_ms, items }: ReadFigures): HeldFigures {
  return { reading: randomUUID(), as_of_ms, items: items.toSorted((a, b) => compareKeys(a.id, b.id)) };
}

/** The figures after an id that fit into a page, at least one if there is any. Pure. */
export function pageOf(
  items: readonly LiveFigure[],
  {
    after,
    limit,
    most_bytes = PAGE_BYTES,
  }: { after?: string | undefined; limit: number; most_bytes?: number },
): LiveFigure[] {
  const page: LiveFigure[] = [];
  let bytes = 0;
  for (const item of items) {
    if (after !== undefined && compareKeys(item.id, after) <= 0) continue;
    bytes += Buffer.byteLength(JSON.stringify(item)) + 1;
    if (page.length > 0 && (bytes > most_bytes || page.length >= limit)) break;
    page.push(item);
  }
  return page;
}

const tokenKind = (scope: FigureScope): string => `figures ${scope}`;

function makeFigureToken(scope: FigureScope, { seq, reading, id }: FigurePosition): string {
  return makePageToken(tokenKind(scope), [String(seq), reading, id]);
}

/**
 * The position in a token; undefined without a token.
 *
 * @throws ValidationError for a token of another list or scope
 */
export function readFigureToken(
  scope: FigureScope,
  token: string | null | undefined,
): FigurePosition | undefined {
  const position = readPageToken(tokenKind(scope), token, [/^\d{1,15}$/, /^[0-9a-f-]{36}$/, /^.{1,128}$/su]);
  return position && { seq: Number(position[0]), reading: position[1]!, id: position[2]! };
}
