import type { FigureScope } from '../../graphql/schema.generated.ts';
import { type StoreContext, timestamp } from '../storage/store-context.ts';
import { changesSince, type FigureTexts, type LiveFigure, type ReadFigures, textsOf } from './figure.ts';
import { inParts } from './figure-parts.ts';
import { claimPublication, type FigureLease, readLeases } from './lease.ts';

/** Time between two publications of a scope, milliseconds. */
const PUBLISH_EVERY_MS = 10_000;

/** A publication, or a part of one, for subscribers. */
export interface PublishedFigures {
  scope: FigureScope;
  seq: number;
  part: number;
  parts: number;
  as_of: string;
  lease_until: string;
  items: LiveFigure[];
  removed: string[];
}

/** A container's last publication of each scope; valid until another container publishes. */
export type PublishedMemory = Map<FigureScope, { seq: number; texts: FigureTexts }>;

export interface PublishingOptions {
  context: StoreContext;
  /**
   * When the run ends, milliseconds since the epoch: a minute after its start, as the next begins.
   */
  until_ms: number;
  read(scope: FigureScope, context: StoreContext): Promise<ReadFigures>;
  publish(figures: PublishedFigures): Promise<void>;
  published: PublishedMemory;
  /** Called for a failed publication; its subscribers notice the gap and use the query. */
  onTrouble(scope: FigureScope, cause: unknown): void;
}

export interface PublishingResult {
  /** How many publications there were, and how many of them failed. */
  publications: number;
  failed: number;
}

/**
 * Publishes the figures of each followed scope every 10 seconds by the clock, until the run ends or
 * no scope is followed. Without a lease it makes one small read. Runs may overlap, be interrupted
 * and repeat: one run claims each publication, and a lost one shows as a gap in `seq`.
 */
export async function publishFigures(options: PublishingOptions): Promise<PublishingResult> {
  const { context, until_ms } = options;
  const result: PublishingResult = { publications: 0, failed: 0 };
  for (;;) {
    const leases = await readLeases(inTurn(context));
    if (leases.length === 0) return result;
    const tick_ms = Math.floor(context.clock() / PUBLISH_EVERY_MS) * PUBLISH_EVERY_MS;
    const outcomes = await Promise.all(leases.map(lease => publishScope(lease, tick_ms, options)));
    result.publications += outcomes.filter(outcome => outcome === 'published').length;
    result.failed += outcomes.filter(outcome => outcome === 'failed').length;
    const next_ms = tick_ms + PUBLISH_EVERY_MS;
    if (next_ms >= until_ms) return result;
    await context.sleep(Math.max(0, next_ms - context.clock()));
  }
}

async function publishScope(
  { scope }: FigureLease,
  tick_ms: number,
  { context, read, publish, published, onTrouble }: PublishingOptions,
): Promise<'published' | 'failed' | 'taken'> {
  try {
    const turn = inTurn(context);
    const taken = await claimPublication(turn, { scope, tick_ms });
    if (!taken) return 'taken';
    const { seq, lease_until_ms } = taken;
    const last = published.get(scope);
    published.delete(scope);
    const { items, as_of_ms } = await read(scope, turn);
    const parts = inParts(changesSince(last?.seq === seq - 1 ? last.texts : undefined, items));
    const common = { scope, seq, parts: parts.length, as_of: timestamp(as_of_ms) };
    for (const [part, changes] of parts.entries()) {
      await publish({ ...common, part, lease_until: timestamp(lease_until_ms), ...changes });
    }
    published.set(scope, { seq, texts: textsOf(items) });
    return 'published';
  } catch (cause) {
    onTrouble(scope, cause);
    return 'failed';
  }
}

/** Time limit of a publication; after it the next publication contains all changes. */
const TURN_MS = 2 * PUBLISH_EVERY_MS;

function inTurn(context: StoreContext): StoreContext {
  return { ...context, deadline: Math.min(context.deadline, context.clock() + TURN_MS) };
}
