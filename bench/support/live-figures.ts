import type { Page, Route, WebSocketRoute } from 'playwright-core';
import type { LiveFigure } from '../../core/live/figure.ts';
import { inParts } from '../../core/live/figure-parts.ts';

/** How many policies change at once. */
export const POLICIES = 1000;

/** A figure of each policy for an update: each one changes. */
function itemsAt(update: number): LiveFigure[] {
  return Array.from({ length: POLICIES }, (_, index) => {
    const bits_per_second = ((index * 7919 + update * 104_729) % 1_000_000) * 1000 + 1;
    return {
      id: String(index),
      name: `Policy ${index}`,
      packets_exact: String(index * 1000 + update),
      bytes_exact: String(index * 1_000_000 + update * 977),
      active_flows: (index + update) % 500,
      rate: { bits_per_second, packets_per_second: bits_per_second / 8000, from: null, to: null },
      ...{ status: null, score: null, latency_ms: null, jitter_ms: null, packet_loss_pct: null },
      ...{ measured_at: null, complete_share: null },
    };
  });
}

/** The figures of an update, in published parts. */
function figuresAt(update: number) {
  const common = {
    ...{ scope: 'POLICIES', seq: update, next_token: null },
    as_of: new Date().toISOString(),
    lease_until: new Date(Date.now() + 120_000).toISOString(),
  };
  const parts = inParts({ items: itemsAt(update), removed: [] });
  return parts.map((changes, part) => ({ ...common, ...changes, part, parts: parts.length }));
}

/**
 * Answers a page with the figures of 1,000 policies, and publishes to its subscription like
 * AppSync; everything else comes from the system.
 */
export function liveFigures() {
  const listening = Promise.withResolvers<void>();
  let update = 0;
  let send: ((data: object) => void) | undefined;

  function speak(socket: WebSocketRoute): void {
    socket.onMessage(text => {
      const { id, type, payload } = JSON.parse(String(text)) as {
        id?: string;
        type: string;
        payload?: { data: string };
      };
      if (type === 'connection_init') {
        socket.send(JSON.stringify({ type: 'connection_ack', payload: { connectionTimeoutMs: 300_000 } }));
      }
      if (type !== 'start') return;
      socket.send(JSON.stringify({ id, type: 'start_ack' }));
      if (!payload?.data.includes('LiveFigures')) return;
      send = data => socket.send(JSON.stringify({ id, type: 'data', payload: { data } }));
      listening.resolve();
    });
  }

  async function answer(route: Route): Promise<void> {
    if (!route.request().postData()?.includes('figures(scope')) return route.fallback();
    const response = await route.fetch();
    const body = (await response.json()) as { data: object };
    const figures = { ...figuresAt(update)[0], part: 0, parts: 1, items: itemsAt(update) };
    return route.fulfill({ response, json: { ...body, data: { ...body.data, figures } } });
  }

  return {
    listening: listening.promise,
    async serve(page: Page): Promise<void> {
      await page.routeWebSocket(/\/graphql\/realtime/, speak);
      await page.route('**/graphql', answer);
    },
    publish(): void {
      update += 1;
      for (const figures of figuresAt(update)) send?.({ figures });
    },
  };
}
