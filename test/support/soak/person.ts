import { setTimeout as wait } from 'node:timers/promises';
import { chooser } from '../control/chooser.ts';
import type { ControlState, Effect, Entry, Plan } from '../control/control-state.ts';
import { leftBy, undoing } from '../control/undo-command.ts';
import { UNDOABLE } from '../control/undo-operations.ts';
import type { EventLog } from './event-log.ts';
import type { LiveAnswer, LiveApi } from './live-api.ts';
import { mutationDocument, takesToken } from './mutations.ts';
import { SoakFailure } from './soak-failure.ts';
import type { Step } from './steps.ts';

export interface PersonOptions {
  number: number;
  api: LiveApi;
  log: EventLog;
  /** The expected state of their own objects. */
  state: ControlState;
}

/**
 * After this time the killed process has ended, and its requests to the database have either landed
 * or never will.
 */
const SETTLED_MS = 1000;
/**
 * Clean-up looks every minute for interrupted operations, and waits until their lease of 30 s has
 * expired.
 */
const FINISHED_MS = 240_000;
const LOOK_EVERY_MS = 500;
/** The largest difference between clocks, all of this machine. */
const SLACK_MS = 2000;

type AnsweredEntry = Entry & { at: string; actor: { email: string | null; request_id: string | null } };

/**
 * A person who changes their own objects, one step after another, during any kills: every request
 * is executed once.
 */
export class Person {
  readonly state: ControlState;
  /** Entries of all changes, in order. */
  readonly entries: AnsweredEntry[] = [];
  readonly #known = new Set<string>();
  /** Requests, those that were refused, and those whose answer was lost. */
  readonly counts = { requests: 0, refused: 0, lost: 0, repeated: 0, undone: 0 };
  readonly #options: PersonOptions;
  #tokens = 0;

  constructor(options: PersonOptions) {
    this.#options = options;
    this.state = options.state;
  }

  get number(): number {
    return this.#options.number;
  }

  get email(): string {
    return this.#options.api.person.email;
  }

  /** Makes a step, and the steps that follow from it. */
  async take({ number, name, plan: planner, picks, token, undo }: Step): Promise<void> {
    const plan = planner(this.state, chooser(picks));
    if (!plan) return;
    const before = structuredClone(this.state);
    const step = `${number} ${name}`;
    const [entry] = await this.change(plan, { step, token });
    const leaves = entry && plan.effects.length === 1 ? UNDOABLE[entry.operation] : undefined;
    // Counts before a reset would be missing in the totals.
    if (!leaves || (undo === 'no' && name !== 'resetPolicyStats')) return;
    const after = structuredClone(this.state);
    const back = (own: Entry) => leftBy(leaves.undone, before, { change: entry!, own });
    const [undone] = await this.change(undoing(entry!, back)(this.state), { step: `${step}, undone` });
    if (!undone || undo !== 'twice' || name === 'resetPolicyStats') return;
    const again = (own: Entry) => leftBy(leaves.redone, after, { change: entry!, own });
    await this.change(undoing(undone, again)(this.state), { step: `${step}, made again` });
  }

  /**
   * Makes a change, with as many requests as needed.
   * @returns the entries of the change
   */
  async change(plan: Plan, { step, token = '' }: { step: string; token?: string }): Promise<Entry[]> {
    const { operation, outcome, unless, effects } = plan;
    const args = {
      ...plan.args,
      ...(takesToken(operation) && { client_token: `${token || `soak-${this.number}`}-${++this.#tokens}` }),
    };
    const document = mutationDocument(operation, args);
    const change = { plan, step, args, began_ms: Date.now(), lost: 0 };
    for (;;) {
      const answer = await this.#options.api.ask(document, args);
      this.#note(change, answer);
      if (answer.kind === 'lost') {
        change.lost++;
        await wait(Math.max(SETTLED_MS, (answer.retry_after_s ?? 0) * 1000));
      }
      if (change.lost > 0) {
        await this.#untilNothingRuns();
        const found = await this.#entriesOf(change, answer);
        if (found) return this.#apply(effects, found);
        if (answer.kind === 'lost') continue;
      }
      if (answer.kind === 'done') {
        if (outcome !== 'done') throw this.#failure(change, answer, `it is refused as ${outcome}`);
        return this.#apply(effects, await this.#untilEntriesOf(change, answer));
      }
      if (answer.kind === 'refused' && [outcome, unless].includes(answer.type as never)) return [];
      throw this.#failure(change, answer, `it is ${outcome === 'done' ? 'done' : `refused as ${outcome}`}`);
    }
  }

  #note({ plan: { operation }, step, args, lost }: Change, answer: LiveAnswer): void {
    this.counts.requests++;
    if (answer.kind === 'refused') this.counts.refused++;
    if (answer.kind === 'lost') this.counts.lost++;
    if (lost > 0) this.counts.repeated++;
    if (operation === 'undo' && answer.kind === 'done') this.counts.undone++;
    this.#options.log.write('request', { person: this.number, step, operation, args, answer });
  }

  #apply(effects: readonly Effect[], found: readonly AnsweredEntry[]): Entry[] {
    effects.forEach((effect, index) => {
      effect.apply(found[index]!);
    });
    for (const entry of found) {
      this.#known.add(entry.id);
      this.entries.push(entry);
    }
    return [...found];
  }

  /** An answer that an operation continues comes before the entry. */
  async #untilEntriesOf(change: Change, answer: LiveAnswer): Promise<AnsweredEntry[]> {
    const limit = performance.now() + FINISHED_MS;
    for (;;) {
      const found = await this.#entriesOf(change, answer);
      if (found) return found;
      if (performance.now() > limit) throw this.#failure(change, answer, 'each change has its audit entry');
      await wait(LOOK_EVERY_MS);
    }
  }

  /** The entry of each effect of a change, in order; undefined when one is missing. */
  async #entriesOf(
    { plan: { operation, effects }, began_ms }: Change,
    answer: LiveAnswer,
  ): Promise<AnsweredEntry[] | undefined> {
    if (effects.length === 0) return [];
    const made = answer.kind === 'done' ? idIn(answer.data, operation) : undefined;
    const entries = (await this.#log(began_ms)).filter(({ id }) => !this.#known.has(id));
    const found = effects.map(effect =>
      entries.find(
        entry =>
          entry.operation === effect.operation &&
          (effect.target === undefined
            ? (entry.after as { id?: string } | null)?.id === made
            : entry.target === effect.target),
      ),
    );
    return found.every(entry => entry !== undefined) ? found : undefined;
  }

  /**
   * The entries of this person since then, selected here: a search by actor would use up the query
   * budget of 240 units a minute after 24 changes, and the person would wait for the next minute.
   */
  async #log(from_ms: number): Promise<AnsweredEntry[]> {
    const entries: AnsweredEntry[] = [];
    const from = new Date(from_ms - SLACK_MS).toISOString();
    let next_token: string | null = null;
    do {
      const { auditLog: page }: { auditLog: AuditPage } = await this.#options.api.query(AUDIT_LOG, {
        ...{ from, next_token },
      });
      const own = page.items.filter(({ outcome, actor }) => outcome === 'DONE' && actor.email === this.email);
      entries.push(...own.map(parsed));
      next_token = page.next_token;
    } while (next_token !== null);
    return entries;
  }

  /** Operations longer than a request have ended, also those that a kill has interrupted. */
  async #untilNothingRuns(): Promise<void> {
    const limit = performance.now() + FINISHED_MS;
    const own = new Set(this.state.sites.map(({ id }) => id));
    for (;;) {
      const { operations } = await this.#options.api.query<{ operations: Running[] }>(OPERATIONS_NOW);
      const running = operations.filter(
        ({ finished, target }) =>
          !finished && target !== null && own.has(/^\w+:([^/]+)/.exec(target)?.[1] ?? ''),
      );
      if (running.length === 0) return;
      if (performance.now() > limit)
        throw new SoakFailure(`what was cut off is finished: ${JSON.stringify(running)} is not`);
      await wait(LOOK_EVERY_MS);
    }
  }

  #failure({ plan: { operation }, args, step, lost }: Change, answer: LiveAnswer, due: string): SoakFailure {
    const asked = `${operation}(${JSON.stringify(args)}) of person ${this.number}, step ${step}`;
    return new SoakFailure(
      `${due}: ${asked}, after ${lost} lost answers, was answered ${JSON.stringify(answer)}`,
    );
  }
}

interface Change {
  plan: Plan;
  step: string;
  args: object;
  began_ms: number;
  /** The number of lost responses to it. */
  lost: number;
}

interface Running {
  target: string | null;
  finished: boolean;
}

interface AuditPage {
  items: (Record<'before' | 'after', string | null> &
    Omit<AnsweredEntry, 'before' | 'after'> & { outcome: string })[];
  next_token: string | null;
}

function parsed({ before, after, ...entry }: AuditPage['items'][number]): AnsweredEntry {
  return { ...entry, before: fromJson(before), after: fromJson(after) };
}

const fromJson = (text: string | null): Entry['after'] => (text === null ? null : JSON.parse(text));

function idIn(data: unknown, operation: string): string | undefined {
  return (data as Record<string, { id?: string }>)[operation]?.id;
}

const OPERATIONS_NOW = '{ operations { target finished } }';
const AUDIT_LOG = `query ($from: AWSDateTime, $next_token: String) {
  auditLog(limit: 100, from: $from, next_token: $next_token) {
    items { id at operation did target outcome before after actor { email request_id } }
    next_token
  }
}`;
