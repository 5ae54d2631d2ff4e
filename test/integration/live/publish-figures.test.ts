import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ingest } from '../../../core/ingest/ingest.ts';
import { registerEdge } from '../../../core/inventory/edges/change-edges.ts';
import type { LiveFigure } from '../../../core/live/figure.ts';
import { type FigureLease, LEASE_MS, readLeases, renewLease } from '../../../core/live/lease.ts';
import {
  type PublishedFigures,
  type PublishedMemory,
  type PublishingOptions,
  publishFigures,
} from '../../../core/live/publish-figures.ts';
import { type FigureMemory, readFigures } from '../../../core/live/read-figures.ts';
import { makeFaults } from '../../support/faults.ts';
import { ingestContext } from '../../support/ingest-context.ts';
import { admin, makeHub } from '../../support/network-bed.ts';
import { reportRecord } from '../../support/report-records.ts';
import { asFunction } from '../../support/rights/as-function.ts';
import { snapshotAt } from '../../support/snapshot-at.ts';
import { storeContext } from '../../support/store-context.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

const START = Date.UTC(2026, 0, 31, 12, 0, 3);

let db: TestTables;
let now: number;

beforeAll(async () => {
  db = await createTables();
});
beforeEach(() => {
  // Leases of the test before have expired.
  now = START + 3_600_000 * tests++;
});
afterAll(() => db.drop());

let tests = 0;
let reports = 0;

/** An edge of its own reports some packets under a policy. */
async function count(policy_id: string, packets: bigint): Promise<void> {
  const edge_id = `edge-${++reports}`;
  const policies = [{ policy_id, packets, bytes: packets * 100n }];
  const record = reportRecord({ edge_id, seq: 1, policies }, { partition_key: edge_id });
  await asFunction('ingest', () => ingest([record], ingestContext(db)));
}

/** Sleeps move the clock. `client`: instead of the tables' own. */
function contextOf(client = db.client) {
  return {
    ...storeContext({ client, tables: db.tables }, () => now),
    sleep: async (ms: number) => {
      now += ms;
    },
  };
}

/**
 * The behaviour of a console: it queries, then applies publications, and queries again after a gap.
 */
class Console {
  seq = -1;
  asked = 0;
  lease_until = '';
  readonly shown = new Map<string, LiveFigure>();
  #part = 0;

  async ask(): Promise<void> {
    this.asked++;
    const { seq } = await asFunction('api', () => renewLease(contextOf(), 'POLICIES'));
    const { items } = await asFunction('api', () => readFigures.POLICIES(contextOf(), { caches: {} }));
    this.shown.clear();
    for (const item of items) this.shown.set(item.id, item);
    this.seq = seq;
    this.#part = 0;
  }

  async hear({ scope, seq, part, parts, items, removed, lease_until }: PublishedFigures): Promise<void> {
    if (scope !== 'POLICIES' || seq <= this.seq) return;
    if (seq !== this.seq + 1 || part !== this.#part) return this.ask();
    for (const id of removed) this.shown.delete(id);
    for (const item of items) this.shown.set(item.id, item);
    this.lease_until = lease_until;
    this.#part = part + 1 === parts ? 0 : part + 1;
    if (this.#part === 0) this.seq = seq;
  }
}

async function actual(): Promise<Map<string, LiveFigure>> {
  const { items } = await readFigures.POLICIES(contextOf(), { caches: {} });
  return new Map(items.map(item => [item.id, item]));
}

const memory: FigureMemory = { caches: {} };

function run(
  publish: PublishingOptions['publish'],
  options: Partial<PublishingOptions> & { for_ms?: number } = {},
) {
  const troubles: unknown[] = [];
  const done = asFunction('figures', () =>
    publishFigures({
      context: contextOf(),
      until_ms: now + (options.for_ms ?? 60_000),
      read: (scope, context) => readFigures[scope](context, memory),
      publish,
      published: new Map(),
      onTrouble: (_, cause) => troubles.push(cause),
      ...options,
    }),
  );
  return done.then(result => ({ ...result, troubles }));
}

describe('publishing figures', () => {
  it('makes one read without subscribers', async () => {
    const faults = makeFaults();
    const publish = () => expect.unreachable('nothing is published');
    const result = await run(publish, { context: contextOf(faults.on(db.client)) });
    expect([result, faults.calls]).toEqual([{ publications: 0, failed: 0, troubles: [] }, ['QueryCommand']]);
  });

  it('happens every ten seconds of the clock until the minute ends, and only with changes', async () => {
    await count('1', 1n);
    const lease = await renewLease(contextOf(), 'POLICIES');
    const heard: [number, PublishedFigures][] = [];
    const result = await run(async figures => {
      heard.push([now, figures]);
      if (heard.length === 2) await count('1', 5n);
    });
    expect(result).toEqual({ publications: 7, failed: 0, troubles: [] });
    const first = Math.floor(lease.lease_until_ms / 10_000) * 10_000 - LEASE_MS;
    expect(heard.map(([at]) => at)).toEqual([
      first + 3000,
      ...[1, 2, 3, 4, 5, 6].map(tick => first + tick * 10_000),
    ]);
    expect(heard.map(([, { seq }]) => seq - lease.seq)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(heard.map(([, { items }]) => items.map(({ id, packets_exact }) => [id, packets_exact]))).toEqual([
      expect.arrayContaining([
        ['default', '0'],
        ['1', '1'],
      ]),
      [],
      [['1', '6']],
      [],
      [],
      [],
      [],
    ]);
  });

  it('covers every scope', async () => {
    const { hub } = await makeHub(contextOf(), { paths: 1, peers: 1 });
    await registerEdge(contextOf(), admin, { id: 'edge-of-the-hub', site_id: hub.id });
    await snapshotAt(db, now);
    const scopes = Object.keys(readFigures) as (keyof typeof readFigures)[];
    for (const scope of scopes) await renewLease(contextOf(), scope);
    const heard = new Set<string>();
    await run(async ({ scope }) => void heard.add(scope), { for_ms: 10_000 });
    expect(heard).toEqual(new Set(scopes));
  });

  it('ends with the lease, and continues with a renewed one', async () => {
    await renewLease(contextOf(), 'TOTALS');
    const until: string[] = [];
    const publish = async ({ lease_until }: PublishedFigures) => void until.push(lease_until);
    for (let minute = 0; minute < 4; minute++) {
      const begun = now;
      if (minute === 1) await renewLease(contextOf(), 'TOTALS');
      await run(publish);
      now = begun + 60_000;
    }
    // The second lease starts at 63 s and lasts until 183 s.
    expect(until).toHaveLength(19);
    expect(await readLeases(contextOf())).toEqual([]);
  });

  it('happens once if two runs overlap', async () => {
    await renewLease(contextOf(), 'POLICIES');
    const seqs: number[] = [];
    const publish = async ({ seq }: PublishedFigures) => void seqs.push(seq);
    const begun = now;
    const results = await Promise.all([run(publish), run(publish)]);
    expect(now - begun).toBeLessThanOrEqual(60_000);
    expect(results[0]!.publications + results[1]!.publications).toBe(seqs.length);
    expect(new Set(seqs).size).toBe(seqs.length);
  });

  it('can fail for one scope only, is logged, and sends all figures the next time', async () => {
    await renewLease(contextOf(), 'POLICIES');
    await renewLease(contextOf(), 'TOTALS');
    const heard: PublishedFigures[] = [];
    let attempts = 0;
    const failure = new Error('The API answered 500: ');
    const result = await run(async figures => {
      if (figures.scope === 'POLICIES' && [3, 4].includes(++attempts)) throw failure;
      heard.push(figures);
    });
    expect(result).toEqual({ publications: 12, failed: 2, troubles: [failure, failure] });
    expect(heard.filter(({ scope }) => scope === 'TOTALS')).toHaveLength(7);
    const policies = heard.filter(({ scope }) => scope === 'POLICIES');
    const gap = policies.findIndex(({ seq }, index) => index > 0 && seq > policies[index - 1]!.seq + 1);
    expect(new Set(policies[gap]!.items.map(({ id }) => id))).toEqual(new Set((await actual()).keys()));
  });
});

describe('a console', () => {
  it.each(['killed before', 'killed after', 'time-out, landed', 'throttled'] as const)(
    'shows the current figures after any call that is %s',
    async fault => {
      const published: PublishedMemory = new Map();
      for (let at = 0; ; at++) {
        const screen = new Console();
        await screen.ask();
        await count('2', BigInt(at + 1));
        const faults = makeFaults();
        faults.arm({ fault, at });
        const context = contextOf(faults.on(db.client));
        await run(figures => screen.hear(figures), { context, published, for_ms: 15_000 }).catch(() => {});
        const reached = faults.calls.length > at;
        await count('3', 1n);
        // The next minute's run, perhaps in a new container.
        now += 10_000;
        const after = new Map(at % 2 === 0 ? published : []);
        await run(figures => screen.hear(figures), { published: after, for_ms: 15_000 });
        expect(screen.shown, `call ${at}`).toEqual(await actual());
        if (!reached) break;
      }
    },
  );

  it('queries again after a gap, and only then', async () => {
    const screen = new Console();
    await screen.ask();
    let publications = 0;
    await run(async figures => {
      publications++;
      if (publications === 3) await count('lost', 1n);
      if (publications !== 4) await screen.hear(figures);
    });
    expect(screen.asked).toBe(2);
    expect(screen.shown).toEqual(await actual());
  });
});

describe('a lease', () => {
  it('lasts two minutes, and its number never goes down', async () => {
    const first: FigureLease = await renewLease(contextOf(), 'SITES');
    expect(first).toEqual({ scope: 'SITES', lease_until_ms: now + 120_000, seq: expect.any(Number) });
    now += 119_999;
    expect(await readLeases(contextOf())).toEqual([first]);
    now += 1;
    expect(await readLeases(contextOf())).toEqual([]);
    expect((await renewLease(contextOf(), 'SITES')).seq).toBe(first.seq);
  });
});
