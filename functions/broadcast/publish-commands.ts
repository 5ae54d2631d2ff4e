import type { PendingCommand } from '../../core/commands/edge-command.ts';
import { PUBLISH_COMMAND } from '../../graphql/publish-command.ts';
import { type PostOptions, postMutation } from './post-mutation.ts';

const CONCURRENT_POSTS = 16;

/**
 * Passes commands on to the edges that listen; those that don't read them when they connect.
 * @throws Error
 */
export async function publishCommands(
  commands: readonly PendingCommand[],
  options: PostOptions,
): Promise<void> {
  const waiting = commands.values();
  const workers = Array.from({ length: Math.min(CONCURRENT_POSTS, commands.length) }, async () => {
    for (const { edge_id, id, type, data, created_at } of waiting) {
      const variables = { edge_id, id, type, data: JSON.stringify(data), created_at };
      await postMutation({ query: PUBLISH_COMMAND, variables }, options);
    }
  });
  await Promise.all(workers);
}
