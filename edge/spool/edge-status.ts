import { join } from 'node:path';
import { count } from '../../core/count-words.ts';
import { readEdgeState, TROUBLE_KINDS, type TroubleKind } from './edge-state.ts';
import { openKeptSystem } from './kept-system.ts';
import { SPOOL_FILES, type SpoolFiles } from './write-whole.ts';

/** After this time, a temporary problem needs a person. */
const PATIENCE_MS = 3_600_000;
/**
 * A running edge reports once per interval; its traffic's clock and a busy machine may delay
 * reports.
 */
const MISSED_REPORTS = 3;
const GRACE_MS = 60_000;

/** Time without a report after which an edge with this interval is considered silent. */
export function silentAfterMs(interval_s: number): number {
  return interval_s * 1000 * MISSED_REPORTS + GRACE_MS;
}

const NEXT: Record<TroubleKind, string> = {
  sending:
    "check the edge's network, its credentials and --stream; reports are sent automatically once these work",
  system: "check the system's API, and the permissions of the edge's role; the edge continues meanwhile",
  spool:
    "free space in the spool's folder, or correct its permissions; the next report that can be stored contains all counts",
};

/** The state of an edge, read only from its spool. Times are RFC 3339. */
export interface EdgeStatus {
  edge_id: string;
  folder: string;
  /** `unknown`: it never ran here, or an earlier release did. */
  run: 'running' | 'ended' | 'silent' | 'unknown';
  boot_id: string | null;
  /** Number of the last report that was made. */
  reported_seq: number | null;
  reported_at: string | null;
  /** Number of the last report that the stream accepted, with its boot. */
  acknowledged_seq: number | null;
  acknowledged_boot_id: string | null;
  acknowledged_at: string | null;
  /** Reports that wait in the spool, and the time of the oldest one. */
  unsent: { reports: number; oldest_at: string | null };
  /** Number of unreadable reports that were set aside. */
  unreadable: number;
  policies: { version: string; read_at: string; age_s: number } | null;
  routes: { routes: number; read_at: string; age_s: number } | null;
  last_error: { kind: TroubleKind; since: string; at: string; text: string; lasting: boolean } | null;
  /** Actions for a person; empty if all is well. */
  next_steps: string[];
}

/**
 * Reads the state of an edge, also while it runs: it needs no lock and writes nothing.
 * @throws NodeJS.ErrnoException
 */
export async function readEdgeStatus(
  { folder, edge_id, now_ms }: { folder: string; edge_id: string; now_ms: number },
  files: SpoolFiles = SPOOL_FILES,
): Promise<EdgeStatus> {
  const names = await listed(folder, files);
  const state = await readEdgeState(folder, files);
  const kept = await openKeptSystem({ folder, system: null, onTrouble: () => {}, files });
  const { policies, routes } = kept.values;
  const slots = names.filter(name => /^\d{12}\.json$/.test(name)).sort();
  const oldest_ms = await changedAt(slots, folder, files);
  const age = (at: string) => Math.max(0, Math.round((now_ms - Date.parse(at)) / 1000));
  const troubles = TROUBLE_KINDS.flatMap(kind => {
    const trouble = state?.troubles[kind];
    return trouble ? [{ kind, ...trouble }] : [];
  }).sort((a, b) => (a.at < b.at ? 1 : -1));
  const silentAfter = silentAfterMs(state?.interval_s ?? 0);
  const heard_ms = Date.parse(state?.reported?.at ?? state?.started_at ?? '');
  const run = !state
    ? 'unknown'
    : state.ended_at !== undefined
      ? 'ended'
      : now_ms - heard_ms > silentAfter
        ? 'silent'
        : 'running';
  const unreadable = names.filter(name => name.endsWith('.unreadable')).length;
  const next_steps = [
    ...(!state && slots.length === 0
      ? [`No edge of this release has reported from ${folder}: start one, or give its --edge-id or --spool.`]
      : []),
    ...(run === 'silent'
      ? ['The edge was killed or hangs: start it again; it first sends the reports that it kept.']
      : []),
    ...(run !== 'running' && run !== 'silent' && slots.length > 0
      ? [`${count(slots.length, 'report')} not sent, and no edge runs: start it again; it sends them first.`]
      : []),
    ...(unreadable > 0
      ? [`${count(unreadable, 'report')} could not be read: check the *.unreadable files, then delete them.`]
      : []),
    ...troubles
      .filter(({ lasting, since }) => lasting || now_ms - Date.parse(since) > PATIENCE_MS)
      .map(({ kind, text }) => `${text} Next: ${NEXT[kind]}.`),
    ...(run === 'running' &&
    troubles.length === 0 &&
    oldest_ms !== undefined &&
    now_ms - oldest_ms > PATIENCE_MS
      ? [
          "Reports have waited for over an hour: they may belong to another system; check the edge's messages at its start.",
        ]
      : []),
  ];
  return {
    edge_id: state?.edge_id ?? edge_id,
    folder,
    run,
    boot_id: state?.reported?.boot_id ?? null,
    reported_seq: state?.reported?.seq ?? null,
    reported_at: state?.reported?.at ?? null,
    acknowledged_seq: state?.acknowledged?.seq ?? null,
    acknowledged_boot_id: state?.acknowledged?.boot_id ?? null,
    acknowledged_at: state?.acknowledged?.at ?? null,
    unsent: {
      reports: slots.length,
      oldest_at: oldest_ms === undefined ? null : new Date(oldest_ms).toISOString(),
    },
    unreadable,
    policies: policies
      ? { version: policies.version, read_at: policies.read_at, age_s: age(policies.read_at) }
      : null,
    routes: routes
      ? { routes: routes.routes.length, read_at: routes.read_at, age_s: age(routes.read_at) }
      : null,
    last_error: troubles[0] ?? null,
    next_steps,
  };
}

async function listed(folder: string, files: SpoolFiles): Promise<string[]> {
  try {
    return await files.readdir(folder);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw cause;
  }
}

/**
 * Time when the first remaining report was stored; a running edge removes reports that it has sent.
 */
async function changedAt(slots: string[], folder: string, files: SpoolFiles): Promise<number | undefined> {
  for (const slot of slots) {
    const found = await files.stat(join(folder, slot)).catch(() => undefined);
    if (found) return found.mtimeMs;
  }
  return undefined;
}
