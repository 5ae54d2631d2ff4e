import { join } from 'node:path';
import { z } from 'zod';
import { type Clock, systemClock } from '../../core/time/clock.ts';
import { rfc3339 } from '../../core/time/rfc3339.ts';
import { SPOOL_FILES, type SpoolFiles, writeWhole } from './write-whole.ts';

const FILE = 'state.json';

/** Kinds of problems of an edge; the file has one entry per kind, so that it stays small. */
export const TROUBLE_KINDS = ['sending', 'system', 'spool'] as const;
export type TroubleKind = (typeof TROUBLE_KINDS)[number];

const MAX_TEXT = 500;

const troubleSchema = z.object({
  /** Start of the problem, without a success since. */
  since: z.string(),
  /** Time of its last occurrence. */
  at: z.string(),
  text: z.string(),
  /** Whether it needs a person. */
  lasting: z.boolean(),
});

const valuesSchema = z.object({
  edge_id: z.string(),
  started_at: z.string(),
  /** Set if the run ended normally. */
  ended_at: z.string().optional(),
  /** Seconds between two reports. */
  interval_s: z.number(),
  /** The last report that was made. */
  reported: z.object({ boot_id: z.string(), seq: z.number(), at: z.string() }).optional(),
  /** The last report that the stream took. */
  acknowledged: z.object({ boot_id: z.string(), seq: z.number(), at: z.string() }).optional(),
  policies: z.object({ version: z.string(), since: z.string() }).optional(),
  troubles: z.partialRecord(z.enum(TROUBLE_KINDS), troubleSchema).default({}),
});

const fileSchema = valuesSchema.extend({ v: z.literal(1) });

/** The state of an edge, with times in RFC 3339. */
export type EdgeStateValues = z.infer<typeof valuesSchema>;

/**
 * Writes the state of an edge to its spool's folder, for `edge status`. Never throws: a failed
 * write is retried with the next change.
 */
export interface EdgeState {
  reported(position: { boot_id: string; seq: number }): void;
  acknowledged(position: { boot_id: string; seq: number }): void;
  policies(version: string): void;
  trouble(kind: TroubleKind, text: string, lasting?: boolean): void;
  /** Ends a problem of this kind. */
  well(kind: TroubleKind): void;
  /** Ends the run normally; returns when everything is written. */
  end(): Promise<void>;
}

interface StateOptions {
  folder: string;
  edge_id: string;
  interval_s: number;
  clock?: Clock;
  files?: SpoolFiles;
}

/** The last written state; undefined if there is none, or if this release can't read it. */
export async function readEdgeState(
  folder: string,
  files: SpoolFiles = SPOOL_FILES,
): Promise<EdgeStateValues | undefined> {
  try {
    const { v: _, ...values } = fileSchema.parse(
      JSON.parse(await files.readFile(join(folder, FILE), 'utf8')),
    );
    return values;
  } catch {
    return undefined;
  }
}

/** Starts a run; the acknowledged report of the run before is kept. */
export async function openEdgeState({
  folder,
  edge_id,
  interval_s,
  clock = systemClock,
  files = SPOOL_FILES,
}: StateOptions): Promise<EdgeState> {
  const now = () => rfc3339(clock());
  const before = await readEdgeState(folder, files);
  const values: EdgeStateValues = {
    edge_id,
    started_at: now(),
    interval_s,
    ...(before?.acknowledged && { acknowledged: before.acknowledged }),
    troubles: {},
  };
  let writing: Promise<void> | undefined;
  let isDirty = false;

  async function writeWhileDirty(): Promise<void> {
    while (isDirty) {
      isDirty = false;
      const text = `${JSON.stringify({ v: 1, ...values })}\n`;
      await writeWhole(join(folder, FILE), text, files).catch(() => {});
    }
  }

  // Of changes during a write, only the newest state is written.
  function write(): void {
    isDirty = true;
    writing ??= writeWhileDirty().finally(() => {
      writing = undefined;
    });
  }

  write();
  return {
    reported({ boot_id, seq }) {
      values.reported = { boot_id, seq, at: now() };
      write();
    },
    acknowledged({ boot_id, seq }) {
      values.acknowledged = { boot_id, seq, at: now() };
      delete values.troubles.sending;
      write();
    },
    policies(version) {
      values.policies = { version, since: now() };
      write();
    },
    trouble(kind, text, lasting = false) {
      const since = values.troubles[kind]?.since ?? now();
      values.troubles[kind] = { since, at: now(), text: text.slice(0, MAX_TEXT), lasting };
      write();
    },
    well(kind) {
      if (!values.troubles[kind]) return;
      delete values.troubles[kind];
      write();
    },
    async end() {
      values.ended_at = now();
      write();
      while (writing) await writing;
    },
  };
}
