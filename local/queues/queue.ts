import { appendFile, mkdir, readFile, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A queue for failures. On one machine, messages are never removed. */
export interface Queue {
  name: string;
  send(body: Record<string, unknown>): Promise<void>;
  /** All messages, oldest first. */
  messages(): Record<string, unknown>[];
}

export interface QueueOptions {
  name: string;
  /** File for the messages as JSON lines; without it, they are lost at the end. */
  file?: string | undefined;
  onMessage?: ((name: string, body: Record<string, unknown>) => void) | undefined;
}

export async function openQueue({ name, file, onMessage }: QueueOptions): Promise<Queue> {
  const messages = file === undefined ? [] : await readMessages(file);
  return {
    name,
    async send(body) {
      messages.push(body);
      onMessage?.(name, body);
      if (file === undefined) return;
      await mkdir(dirname(file), { recursive: true });
      await appendFile(file, `${JSON.stringify(body)}\n`);
    },
    messages: () => [...messages],
  };
}

async function readMessages(file: string): Promise<Record<string, unknown>[]> {
  try {
    const text = await readFile(file, 'utf8');
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    // A line that a kill cut off is ended, so that the next one is separate.
    if (whole !== text) await truncate(file, Buffer.byteLength(whole));
    const lines = whole.split('\n').filter(Boolean);
    return lines.map(line => JSON.parse(line) as Record<string, unknown>);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw cause;
  }
}
