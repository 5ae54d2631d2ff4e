import { afterEach, describe, expect, it } from 'vitest';
import { Deliveries } from '../../../bench/usage/deliveries.ts';
import { changesOf } from '../../../bench/usage/network-changes.ts';
import { countPublications, type Published } from '../../../bench/usage/publications.ts';
import { PUBLISH_COMMAND } from '../../../graphql/publish-command.ts';
import { PUBLISH_EDGE_NEWS } from '../../../graphql/publish-edge-news.ts';
import { PUBLISH_EVENT } from '../../../graphql/publish-event.ts';
import { PUBLISH_FIGURES } from '../../../graphql/publish-figures.ts';

const SHAPE = { edges: 200, policies: 20, paths: 2, flows: 0, interval_s: 60, window_s: 5 };
const DAY = 1440;

describe('deliveries', () => {
  it('are made in order of time, and at the same time in order of arrival', () => {
    const due = new Deliveries();
    const taken: string[] = [];
    const add = (at: number, name: string) => due.add({ at, deliver: async () => void taken.push(name) });
    add(30, 'c');
    add(10, 'a');
    add(20, 'b');
    add(10, 'a, later');
    for (let next = due.before(30); next; next = due.before(30)) void next.deliver();
    expect(taken).toEqual(['a', 'a, later', 'b']);
    expect(due.before(31)?.at).toBe(30);
    expect(due.before(31)).toBeUndefined();
  });
});

describe('the changes of a day', () => {
  it('are the same each time, and end within the day', () => {
    const day = changesOf(SHAPE, DAY);
    expect(changesOf(SHAPE, DAY)).toEqual(day);
    expect([day.edits.length, day.failures.length, day.silences.length]).toEqual([4, 3, 1]);
    for (const { edge, from, to } of [...day.failures, ...day.silences]) {
      expect(edge).toBeLessThan(SHAPE.edges);
      expect(from).toBeLessThan(to);
      expect(to).toBeLessThan(DAY);
    }
    for (const { policy } of day.edits) {
      expect(policy).toBeGreaterThan(0);
      expect(policy).toBeLessThan(SHAPE.policies);
    }
  });

  it('are none in ten minutes, so that runs of ten minutes are comparable', () => {
    expect(changesOf(SHAPE, 10)).toEqual({ edits: [], failures: [], silences: [] });
  });

  it('have no failure without a path, and no edit of the default policy', () => {
    expect(changesOf({ ...SHAPE, paths: 0 }, DAY).failures).toEqual([]);
    expect(changesOf({ ...SHAPE, policies: 1 }, DAY).edits).toEqual([]);
  });
});

describe('publications', () => {
  const URL_OF_API = 'http://api.local/graphql';
  const real = globalThis.fetch;
  afterEach(() => {
    globalThis.fetch = real;
  });

  async function post(query: string, variables: object): Promise<unknown> {
    const answer = await fetch(URL_OF_API, { method: 'POST', body: JSON.stringify({ query, variables }) });
    return answer.json();
  }

  it('are counted once for each receiver and each 5 KB of a message', async () => {
    const heard: Published[] = [];
    const counter = countPublications(URL_OF_API, {
      edges: 200,
      onPublished: one => heard.push(one),
    });
    await post(PUBLISH_EDGE_NEWS, { routing_version: 2 });
    await post(PUBLISH_COMMAND, { edge_id: 'edge-1' });
    await post(PUBLISH_EVENT, { id: 'e' });
    await post(PUBLISH_FIGURES, { items: ['x'.repeat(6000)] });
    expect(counter.counted).toEqual({ requests: 4, to_edges: 201, to_consoles: 3 });
    expect(heard.map(({ field }) => field)).toEqual([
      'publishEdgeNews',
      'publishCommand',
      'publishEvent',
      'publishFigures',
    ]);
  });

  it('do not include other requests', async () => {
    globalThis.fetch = async () => new Response('elsewhere');
    const counter = countPublications(URL_OF_API, { edges: 1, onPublished: () => {} });
    expect(await (await fetch('http://elsewhere.local/')).text()).toBe('elsewhere');
    expect(counter.counted.requests).toBe(0);
  });
});
