import type { GraphqlClient } from '../../core/appsync/graphql-client.ts';
import type { PendingCommand } from '../../core/commands/edge-command.ts';
import { PUBLISH_COMMAND } from '../../graphql/publish-command.ts';

const CONCURRENT_POSTS = 16;

/**
 * Publishes commands to the edges that are listening. Other edges read them when they connect.
 * @throws Error
 */
export async function publishCommands(
  commands: readonly PendingCommand[],
  api: GraphqlClient,
): Promise<void> {
  const waiting = commands.values();
  const workers = Array.from({ length: Math.min(CONCURRENT_POSTS, commands.length) }, async () => {
    for (const { edge_id, id, type, data, created_at } of waiting) {
      const variables = { edge_id, id, type, data: JSON.stringify(data), created_at };
      await api.query(PUBLISH_COMMAND, variables);
    }
  });
  await Promise.all(workers);
}
