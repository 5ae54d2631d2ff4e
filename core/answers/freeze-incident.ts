import type {
  FrozenDecisions,
  FrozenEntry,
  FrozenIncident,
  Incident as PresentedIncident,
  TrafficSeries,
} from '../../graphql/schema.generated.ts';
import type { Caller } from '../access/caller.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { type AuditView, actorSeenBy } from '../audit/audit-view.ts';
import { PatronusError, ValidationError } from '../errors.ts';
import { eventOfEntry, sitesOf } from '../events/event-of-entry.ts';
import { packContent } from '../incidents/frozen-content.ts';
import type { Incident, IncidentScope } from '../incidents/incident.ts';
import { readPolicyNames } from '../inventory/policies/policy-names.ts';
import { decideAll } from '../routing/decisions/all-decisions.ts';
import { timestamp } from '../storage/store-context.ts';
import { presentChanges } from './answer-changes-between.ts';
import { answerTrafficSeries } from './answer-series.ts';
import type { Asking } from './asking.ts';
import { checkKnown } from './check-known.ts';
import { type DifferencesFound, differencesBetween } from './differences-between.ts';
import { presentDecision } from './present-decision.ts';
import { readTargetNames } from './target-names.ts';

/** Instants in milliseconds. */
export interface AskedIncident {
  from: number;
  to: number;
  scope: IncidentScope;
}

/** The contents of an incident besides its own fields. */
export type FrozenContent = Omit<FrozenIncident, 'incident'>;

/** Sizes of the lists in an incident, of which the largest that fit are used. */
const SIZES = [
  { changes: 200, log: 500, policies: 50 },
  { changes: 100, log: 200, policies: 20 },
  { changes: 50, log: 50, policies: 5 },
  { changes: 20, log: 10, policies: 1 },
] as const;

type Size = (typeof SIZES)[number];

const POINTS = 120;
const SERIES = 10;

/** Upper limit of the pairs of sites whose decisions are kept. */
const MAX_PAIRS = 3;

/**
 * Everything that is known of a time, packed for `createIncident`. `gaps` names what can no longer
 * be read.
 *
 * @throws ValidationError for instants that are no range · NotFound for an unknown id · Throttled
 */
export async function freezeIncident(asking: Asking, asked: AskedIncident): Promise<Uint8Array> {
  const { policy_id, site_id, peer_site_id } = asked.scope;
  if (peer_site_id !== null && (site_id === null || peer_site_id === site_id)) {
    throw new ValidationError(
      'scope.peer_site_id must be a site other than scope.site_id, which is required with it.',
      {
        arguments: ['scope.peer_site_id'],
      },
    );
  }
  await checkKnown(asking, { ...(policy_id && { policy_id }), ...(site_id && { site_id }) });
  if (peer_site_id) await checkKnown(asking, { site_id: peer_site_id });
  const known = await readKnown(asking, asked);
  for (const size of SIZES) {
    const packed = packContent(await contentOf(asking, { ...asked, ...known, size }));
    if (packed) return packed;
  }
  throw new ValidationError(
    "An incident can't hold everything that happened in this time: choose a shorter one.",
    {
      arguments: ['from', 'to'],
    },
  );
}

interface Known {
  found: DifferencesFound;
  series: TrafficSeries | null;
  decisions: Omit<FrozenDecisions, 'left_out'>[];
  gaps: string[];
}

async function readKnown(asking: Asking, asked: AskedIncident): Promise<Known> {
  const { from, to, scope } = asked;
  const gaps: string[] = [];
  /** Parts that can't be read are left out, and the rest is frozen. */
  const unless = async <T>(what: string, reading: Promise<T>): Promise<T | null> => {
    try {
      return await reading;
    } catch (cause) {
      if (!(cause instanceof PatronusError)) throw cause;
      gaps.push(`${what} is not known: ${cause.message}`);
      return null;
    }
  };
  const found = await differencesBetween(asking, { from, to, view: undefined });
  if (found.log_from_ms > from) {
    gaps.push(
      `What happened before ${timestamp(found.log_from_ms)} is not in the log: there is too much of it.`,
    );
  }
  const filter = {
    ...(scope.policy_id !== null && { policy_id: scope.policy_id }),
    ...(scope.site_id !== null && { site_id: scope.site_id }),
  };
  const series = await unless(
    'The traffic of this time',
    answerTrafficSeries(asking, {
      from,
      to,
      filter,
      points: POINTS,
      group_by: 'POLICY',
      limit: SERIES,
      with_groups_before: false,
    }),
  );
  const decisions: Known['decisions'] = [];
  const { context, retention } = asking;
  for (const [source_site_id, destination_site_id] of pairsOf(scope, found)) {
    const sites = { source_site_id, destination_site_id };
    const decided = await unless(
      `How policies decided between the sites ${source_site_id} and ${destination_site_id}`,
      decideAll(context, { sites, at_ms: to, retention }),
    );
    if (!decided) continue;
    const presented = decided.decisions
      .filter(({ policy_id }) => scope.policy_id === null || policy_id === scope.policy_id)
      .map(presentDecision);
    decisions.push({ ...sites, at: timestamp(decided.at_ms), decisions: presented });
  }
  return { found, series, decisions, gaps: [...new Set(gaps)] };
}

/**
 * The pairs of sites whose decisions are kept: that of the scope, or without one those of moves and
 * of changed paths.
 */
function pairsOf(
  { site_id, peer_site_id }: IncidentScope,
  { happened }: DifferencesFound,
): [string, string][] {
  if (site_id !== null && peer_site_id !== null) return [[site_id, peer_site_id]];
  const moving = [
    ...happened.filter(({ kind }) => kind === 'DECISION'),
    ...happened.filter(({ kind }) => kind === 'STATE'),
  ].filter(({ site_ids }) => site_ids.length === 2 && (site_id === null || site_ids.includes(site_id)));
  const pairs = new Map(moving.map(({ site_ids }) => [site_ids.toSorted().join(), site_ids.toSorted()]));
  return [...pairs.values()].slice(0, MAX_PAIRS) as [string, string][];
}

async function contentOf(
  asking: Asking,
  { from, to, scope, found, series, decisions, gaps, size }: AskedIncident & Known & { size: Size },
): Promise<FrozenContent> {
  const changes = await presentChanges(asking, { from, to, limit: size.changes, found });
  const entries = found.entries.filter(entry => isAbout(entry, scope));
  const log = await presentLog(asking, entries.slice(0, size.log));
  const kept = decisions.map(each => ({
    ...each,
    decisions: each.decisions.slice(0, size.policies),
    left_out: Math.max(0, each.decisions.length - size.policies),
  }));
  const names = await namesOf(asking, { scope, series, decisions: kept });
  return { changes, series, names, decisions: kept, log, log_total: entries.length, gaps };
}

function isAbout(entry: AuditEntry, { policy_id, site_id }: IncidentScope): boolean {
  if (policy_id === null && site_id === null) return true;
  return entry.target === `policy:${policy_id}` || (site_id !== null && sitesOf(entry).includes(site_id));
}

async function presentLog({ context }: Asking, entries: readonly AuditEntry[]): Promise<FrozenEntry[]> {
  const names = await readTargetNames(context, entries);
  return entries.map((entry, index) => {
    const { id, timestamp: at, title, actor, target, target_name, audit_id } = eventOfEntry(entry);
    return {
      ...{ id, at, title, target },
      actor: actor && { ...entry.actor, source_ip: null },
      target_name: names[index] ?? target_name,
      audited: audit_id !== null,
    };
  });
}

/** The names of policies, sites and paths that appear by id. */
async function namesOf(
  { context }: Asking,
  { scope, series, decisions }: Pick<FrozenContent, 'series' | 'decisions'> & { scope: IncidentScope },
): Promise<FrozenContent['names']> {
  const sites = decisions.flatMap(({ source_site_id, destination_site_id }) => [
    source_site_id,
    destination_site_id,
  ]);
  const paths = decisions.flatMap(({ decisions }) =>
    decisions.flatMap(({ candidates }) => candidates.map(({ path_id }) => path_id)),
  );
  const targets = [
    ...[scope.site_id, scope.peer_site_id, ...sites].flatMap(id => (id === null ? [] : [`site:${id}`])),
    ...paths.map(id => `path:${id}`),
  ];
  const asked = [...new Set(targets)];
  const [found, policies] = await Promise.all([
    readTargetNames(
      context,
      asked.map(target => ({ target })),
    ),
    readPolicyNames(context),
  ]);
  const policyIds = new Set([
    ...(series?.groups.map(({ id }) => id) ?? []),
    ...(scope.policy_id ? [scope.policy_id] : []),
  ]);
  return [
    ...asked.flatMap((target, index) => (found[index] ? [{ target, name: found[index] }] : [])),
    ...[...policyIds].flatMap(id => {
      const name = policies.get(id);
      return name === undefined ? [] : [{ target: `policy:${id}`, name }];
    }),
  ];
}

/** The contents of an incident for `view`: without the e-mail addresses of others. */
export function presentFrozen(
  incident: Incident,
  content: unknown,
  view: AuditView | undefined,
): FrozenIncident {
  const frozen = content as FrozenContent;
  const log = frozen.log.map(entry => ({
    ...entry,
    actor: entry.actor && actorSeenBy(view, entry.actor as Caller),
  }));
  return { incident: presentIncident(incident, view), ...frozen, log };
}

export function presentIncident(incident: Incident, view: AuditView | undefined): PresentedIncident {
  return { ...incident, created_by: { ...actorSeenBy(view, incident.created_by), source_ip: null } };
}
