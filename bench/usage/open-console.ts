import { boundsOf } from '../../web/address/time-range.ts';
import { ME } from '../../web/data/me.ts';
import { NOW, OVERVIEW } from '../../web/pages/now/operations.ts';
import type { Delivery } from './listening-edges.ts';
import type { Published } from './publications.ts';
import type { SimulatedApi } from './simulated-api.ts';

/** The name for the counts of its requests. */
export const CONSOLE = 'console';

const MINUTE_MS = 60_000;
/** The time that web/data/use-live-events.ts waits for more events. */
const GATHER_MS = 500;

const PERSON = {
  sub: 'viewer',
  username: 'viewer',
  groups: ['viewer'],
  claims: { email: 'viewer@example.com' },
};

/** A console that shows its first page: it sends the queries of web/, with the same documents. */
export class OpenConsole {
  readonly #api: SimulatedApi;
  #asks = false;

  constructor(api: SimulatedApi) {
    this.#api = api;
  }

  /** Its queries after it was opened, one a minute. */
  *minutes(opened: number, end: number): Generator<Delivery> {
    for (let at = opened; at < end; at += MINUTE_MS) {
      const deliver = async () => {
        if (at === opened) await this.#run(ME);
        await this.#run(NOW, { ...rangeAt(at), filter: null, compare: false, scope: 'POLICIES' });
      };
      yield { at, deliver };
    }
  }

  /** Its queries that follow a publication. */
  *hear({ field }: Published, now: number): Generator<Delivery> {
    if (field !== 'publishEvent' || this.#asks) return;
    this.#asks = true;
    const deliver = async () => {
      this.#asks = false;
      await this.#run(OVERVIEW);
    };
    yield { at: now + GATHER_MS, deliver };
  }

  async #run(document: unknown, variables: object = {}): Promise<void> {
    await this.#api.run(String(document), variables, { identity: PERSON, as: CONSOLE });
  }
}

function rangeAt(now: number): { from: string; to: string } {
  const { from, to } = boundsOf({ live: '1h' }, now);
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}
