import { EdgeError } from '../edge-error.ts';
import { type EdgeStatus, readEdgeStatus } from '../spool/edge-status.ts';
import { spoolFolder } from '../spool/spool-folder.ts';
import { userPath } from './option-values.ts';

/** Options of `status`, parsed. */
export interface StatusOptions {
  edgeId: string;
  spool?: string;
  system: string;
  json?: boolean;
}

/**
 * `edge status`: shows the state of an edge from its spool only. @returns 0 if all is well, 1 if a
 * person has to act
 */
export async function status({ edgeId, spool, system, json }: StatusOptions): Promise<number> {
  const folder = spoolFolder({
    spool: spool === undefined ? undefined : userPath(spool),
    system: userPath(system),
    edge_id: edgeId,
  });
  const found = await readStatus(folder, edgeId);
  process.stdout.write(json ? `${JSON.stringify(found)}\n` : `${statusText(found, Date.now())}\n`);
  return found.next_steps.length > 0 ? 1 : 0;
}

async function readStatus(folder: string, edge_id: string): Promise<EdgeStatus> {
  try {
    return await readEdgeStatus({ folder, edge_id, now_ms: Date.now() });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new EdgeError(
      `The spool ${folder} can't be read (${code}): check its permissions, or give another one with --spool.`,
      { cause },
    );
  }
}

/** The same for a person, one fact a line. */
export function statusText(found: EdgeStatus, now_ms: number): string {
  const { unsent, policies, routes, last_error } = found;
  const ago = (at: string) => `${at}, ${age(Math.max(0, now_ms - Date.parse(at)) / 1000)} ago`;
  const lines: [string, string][] = [
    ['edge', `${found.edge_id} (${found.run})`],
    ['spool', found.folder],
    ['boot', found.boot_id ?? 'none'],
    ['last report', found.reported_at ? `${found.reported_seq} (${ago(found.reported_at)})` : 'none'],
    [
      'acknowledged',
      found.acknowledged_at
        ? `${found.acknowledged_seq} of boot ${found.acknowledged_boot_id} (${ago(found.acknowledged_at)})`
        : 'none',
    ],
    ['unsent', unsent.oldest_at ? `${unsent.reports}, the oldest from ${ago(unsent.oldest_at)}` : '0'],
    ['policies', policies ? `version ${policies.version}, read ${ago(policies.read_at)}` : 'none kept'],
    ['routes', routes ? `${routes.routes}, read ${ago(routes.read_at)}` : 'none kept'],
    ['last error', last_error ? `${last_error.text} (since ${ago(last_error.since)})` : 'none'],
    ...(found.next_steps.length > 0
      ? found.next_steps.map((step): [string, string] => ['next step', step])
      : [['next step', 'nothing to do'] as [string, string]]),
  ];
  return lines.map(([name, value]) => `${`${name}:`.padEnd(14)}${value}`).join('\n');
}

function age(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`;
}
