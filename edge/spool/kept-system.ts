import { join } from 'node:path';
import { z } from 'zod';
import { policyRuleSchema } from '../../core/policy/policy-schema.ts';
import { type Clock, systemClock } from '../../core/time/clock.ts';
import { rfc3339 } from '../../core/time/rfc3339.ts';
import { edgePathSchema, edgeRouteSchema } from '../paths/route-schema.ts';
import { SPOOL_FILES, type SpoolFiles, writeWhole } from './write-whole.ts';

const FILE = 'kept.json';

const keptSchema = z.object({
  /** Site that the edge is registered at. */
  site_id: z.string().optional(),
  policies: z
    .object({ read_at: z.string(), version: z.string(), policies: z.array(policyRuleSchema) })
    .optional(),
  routes: z
    .object({
      read_at: z.string(),
      paths: z.array(edgePathSchema),
      routes: z.array(edgeRouteSchema.extend({ destination_site_id: z.string() })),
    })
    .optional(),
});

const fileSchema = keptSchema.extend({ v: z.literal(1), system: z.string() });

/** The system's last answers about an edge, with the times (RFC 3339) of reading them. */
export type KeptValues = z.infer<typeof keptSchema>;
type KeptPolicies = NonNullable<KeptValues['policies']>;
type KeptRoutes = NonNullable<KeptValues['routes']>;

/** Stores the system's last answers in the spool's folder, for a start without the system. */
export interface KeptSystem {
  /** The stored values. */
  readonly values: KeptValues;
  /**
   * Writes in the background. A failure is reported, and the write is retried with the next change.
   */
  keepSite(site_id: string): void;
  keepPolicies(policies: Omit<KeptPolicies, 'read_at'>): void;
  keepRoutes(routes: Omit<KeptRoutes, 'read_at'>): void;
  /** Called when this process owns the spool: earlier and later values are written from now on. */
  begin(): void;
  /** Returns when nothing is being written. */
  settled(): Promise<void>;
}

interface KeptOptions {
  folder: string;
  /**
   * Name of the system: answers of other systems are not used. Null: answers of any system, for
   * display.
   */
  system: string | null;
  onTrouble: (reason: string) => void;
  clock?: Clock;
  files?: SpoolFiles;
}

/**
 * Reads `kept.json` of a spool's folder. If it is missing, unreadable or of another system, there
 * are no values.
 */
export async function openKeptSystem({
  folder,
  system,
  onTrouble,
  clock = systemClock,
  files = SPOOL_FILES,
}: KeptOptions): Promise<KeptSystem> {
  const path = join(folder, FILE);
  let values = await readValues();
  let turn: Promise<void> = Promise.resolve();
  let isDirty = false;
  let begun = false;

  async function readValues(): Promise<KeptValues> {
    try {
      const { v: _, system: of, ...read } = fileSchema.parse(JSON.parse(await files.readFile(path, 'utf8')));
      return system === null || of === system ? read : {};
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') {
        onTrouble(
          `The system's last answers could not be read from ${path}; the file is rewritten when the system answers.`,
        );
      }
      return {};
    }
  }

  function keep(news: KeptValues): void {
    values = { ...values, ...news };
    isDirty = true;
    if (begun) turn = turn.then(write);
  }

  async function write(): Promise<void> {
    if (!isDirty) return;
    isDirty = false;
    try {
      await writeWhole(path, `${JSON.stringify({ v: 1, system: system ?? '', ...values })}\n`, files);
    } catch (cause) {
      isDirty = true;
      onTrouble(`The system's last answers could not be stored in ${path}: ${(cause as Error).message}`);
    }
  }

  const now = () => rfc3339(clock());
  return {
    get values() {
      return values;
    },
    keepSite: site_id => keep({ site_id }),
    keepPolicies: ({ version, policies }) => keep({ policies: { read_at: now(), version, policies } }),
    keepRoutes: ({ paths, routes }) => keep({ routes: { read_at: now(), paths, routes } }),
    begin() {
      begun = true;
      turn = turn.then(write);
    },
    settled: () => turn,
  };
}
