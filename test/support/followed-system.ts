import type { EdgeNews } from '../../core/commands/edge-news.ts';
import type { EdgeApi, RoutesVersions } from '../../edge/commands/edge-api.ts';
import { followSystem } from '../../edge/commands/follow-system.ts';
import type { Heard, Listening } from '../../edge/commands/realtime.ts';
import type { RoutesState } from '../../edge/paths/routes-reading.ts';
import { type FakeTime, fakeTime } from './fake-time.ts';

const SITE = 'site-a';
const KEEP_ALIVE_MS = 60_000;
const QUIET_MS = 75_000;
const DEAD_MS = 300_000;
const REQUEST_LIMIT_MS = 30_000;
const CONNECT_LIMIT_MS = 10_000;
const LATENCY_MS = 200;
const MEMORY_MS = 1000;

/** The versions that an edge must know: each change raises one of them. */
export type Known = 'policies' | 'paths' | 'routing';

/** A connection on the side of the server. */
interface Line {
  heard: Heard;
  /** Nothing arrives any more, and the edge is not notified. */
  dead: boolean;
  close(): void;
}

/**
 * A system and one edge that follows it, in simulated time: changes, publications, and the state of
 * each way to the edge.
 */
export class FollowedSystem {
  readonly time: FakeTime = fakeTime();
  readonly versions: Record<Known, number> = { policies: 1, paths: 1, routing: 1 };
  readonly known: Record<Known, number> = { policies: 1, paths: 0, routing: 0 };
  /** Requests of the edge by operation; `connect` is not billed as a request. */
  readonly asked = { connect: 0, pendingCommands: 0, edgeRoutes: 0, policies: 0 };
  /** Messages that the edge received over its connection. */
  messages = 0;
  connects = true;
  answers = true;
  /** Whether messages get through on an open connection. */
  delivers = true;
  spread_s = 5;
  /**
   * The versions with their start: a function of the system may answer from its memory of a second.
   */
  readonly #past: { at: number; versions: Record<Known, number> }[] = [];
  #line: Line | undefined;
  readonly #stop: () => Promise<void>;

  constructor({ announces = true, random = () => 0.5 }: { announces?: boolean; random?: () => number } = {}) {
    const api: EdgeApi = {
      pendingCommands: version => this.#pending(version),
      edgeRoutes: at_least => this.#routes(at_least),
      query: (_, variables) => this.#policies(variables?.policies_version as string | null),
      acknowledge: async () => {},
      reportProbe: async () => {},
    };
    const following = followSystem({
      api,
      listen: heard => this.#listen(heard, announces),
      probe: async () => {
        throw new Error('nothing is probed here');
      },
      policiesVersion: () => String(this.known.policies),
      setPolicies: ({ version }) => {
        this.known.policies = Number(version);
      },
      onPaths: () => {},
      onRoutes: () => {},
      endBoot: () => {},
      onTrouble: () => {},
      random,
      schedule: this.time.schedule,
    });
    this.#stop = () => following.stop();
  }

  /** Whether a connection is open that delivers messages. */
  get listens(): boolean {
    return this.#line !== undefined && !this.#line.dead;
  }

  get requests(): number {
    const { pendingCommands, edgeRoutes, policies } = this.asked;
    return pendingCommands + edgeRoutes + policies;
  }

  /** Changes something, and publishes it. */
  change(what: Known): void {
    this.#past.push({ at: this.time.clock(), versions: { ...this.versions } });
    this.versions[what] += 1;
    this.publish(what);
  }

  /** Publishes the current state, as a repeated message does. */
  publish(what: Known): void {
    const line = this.#line;
    if (!line || line.dead || !this.delivers) return;
    this.messages += 1;
    const { policies, paths, routing } = this.versions;
    if (what === 'paths') {
      const data = { site_id: SITE, paths_version: paths };
      line.heard.onCommand({ id: `paths-${paths}`, edge_id: 'edge', type: 'PATHS', data, created_at: '' });
      return;
    }
    const news: EdgeNews = {
      policies_version: String(policies),
      routing_version: routing,
      spread_s: this.spread_s,
    };
    line.heard.onNews(news);
  }

  /** The connection ends, and the edge sees it. */
  async cut(): Promise<void> {
    this.#line?.close();
    await this.time.advance(0);
  }

  /** The connection ends without a notification to the edge. */
  cutSilently(): void {
    if (this.#line) this.#line.dead = true;
  }

  /** Ends the edge, after its running work. */
  async stop(): Promise<void> {
    const stopped = this.#stop();
    await this.time.advance(2 * REQUEST_LIMIT_MS);
    await stopped;
  }

  async #listen(heard: Heard, announces: boolean): Promise<Listening> {
    this.asked.connect += 1;
    if (!this.connects) {
      await this.#wait(CONNECT_LIMIT_MS);
      throw new Error('it does not answer');
    }
    await this.#wait(LATENCY_MS);
    const { promise: closed, resolve } = Promise.withResolvers<string>();
    const cancels: (() => void)[] = [];
    const stopTimers = () => {
      for (const cancel of cancels.splice(0)) cancel();
    };
    let quiet = false;
    const say = (is: boolean) => {
      if (quiet !== is) heard.onQuiet(is);
      quiet = is;
    };
    const line: Line = {
      heard,
      dead: false,
      close: () => {
        stopTimers();
        if (this.#line === line) this.#line = undefined;
        resolve('closed');
      },
    };
    const keepAlive = () => {
      stopTimers();
      say(false);
      cancels.push(
        this.time.schedule(KEEP_ALIVE_MS, () => line.dead || keepAlive()),
        this.time.schedule(QUIET_MS, () => say(true)),
        this.time.schedule(DEAD_MS, line.close),
      );
    };
    keepAlive();
    this.#line = line;
    return { announces, closed, close: line.close };
  }

  async #request(name: keyof FollowedSystem['asked']): Promise<void> {
    this.asked[name] += 1;
    if (!this.answers) {
      await this.#wait(REQUEST_LIMIT_MS);
      throw new Error('no answer within 30 s');
    }
    await this.#wait(LATENCY_MS);
  }

  async #pending(applied: string | undefined) {
    await this.#request('pendingCommands');
    const policies_version = String(this.versions.policies);
    if (applied === policies_version) return [];
    const id = `policies-${policies_version}`;
    return [{ id, edge_id: 'edge', type: 'POLICIES' as const, data: { policies_version }, created_at: '' }];
  }

  async #routes(at_least: RoutesVersions | undefined) {
    const { paths: paths_version } = this.versions;
    const routing_version = this.#remembered('routing', at_least?.routing_version);
    const state: RoutesState = { site_id: SITE, paths_version, routing_version };
    await this.#request('edgeRoutes');
    Object.assign(this.known, { paths: paths_version, routing: routing_version });
    return { state, peers: [] };
  }

  async #policies(at_least: string | null) {
    const policies_version = String(
      this.#remembered('policies', at_least === null ? undefined : Number(at_least)),
    );
    await this.#request('policies');
    return { policies: { items: [], next_token: null, policies_version } };
  }

  /** The oldest version that a function may return for `at_least`. */
  #remembered(what: Known, at_least: number | undefined): number {
    const now = this.versions[what];
    if (at_least === undefined) return now;
    const fresh = this.#past.filter(({ at }) => at > this.time.clock() - MEMORY_MS);
    return Math.min(
      now,
      ...fresh.map(({ versions }) => versions[what]).filter(version => version >= at_least),
    );
  }

  #wait(ms: number): Promise<void> {
    return new Promise(resolve => this.time.schedule(ms, resolve));
  }
}
