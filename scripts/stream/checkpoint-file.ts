import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { EdgeError } from '../../edge/edge-error.ts';
import { tryParseJson } from '../../edge/system/try-parse-json.ts';
import type { ReplayCheckpoint } from './replay-stream.ts';

const schema = z.object({
  stream: z.string(),
  from: z.string(),
  shards: z.record(z.string(), z.string().regex(/^\d+$/)),
});

/** The progress of a replay, on disk. */
export class CheckpointFile {
  readonly path: string;
  readonly #replay: { stream: string; from: string };

  /** @param path undefined for a new file in `folder` */
  constructor(
    path: string | undefined,
    { folder, ...replay }: { folder: string; stream: string; from: string },
  ) {
    const name = `replay-${replay.stream}-${replay.from}.json`.replace(/[^A-Za-z0-9._-]/g, '_');
    this.path = path ?? join(folder, name);
    this.#replay = replay;
  }

  /** @throws EdgeError for a file of another replay; undefined if there is none */
  async read(): Promise<ReplayCheckpoint | undefined> {
    let text: string;
    try {
      text = await readFile(this.path, 'utf8');
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw new EdgeError(`The checkpoint ${this.path} can't be read: name another with --checkpoint.`, {
        cause,
      });
    }
    const kept = schema.safeParse(tryParseJson(text));
    const { stream, from } = this.#replay;
    if (kept.success && kept.data.stream === stream && kept.data.from === from) return kept.data.shards;
    throw new EdgeError(
      `${this.path} is not the checkpoint of a replay of ${stream} from ${from}: remove it, or name another with --checkpoint.`,
    );
  }

  async write(shards: ReplayCheckpoint): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true });
    await writeFile(`${this.path}.new`, `${JSON.stringify({ ...this.#replay, shards }, undefined, 2)}\n`);
    await rename(`${this.path}.new`, this.path);
  }

  async remove(): Promise<void> {
    await rm(this.path, { force: true });
  }
}
