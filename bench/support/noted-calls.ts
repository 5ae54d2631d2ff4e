import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

type Command = { input: object; constructor: unknown };

/** Recorded commands of a client, so that only these can be sent again. */
export interface NotedCalls {
  client: DynamoDBDocumentClient;
  readonly count: number;
  /** Clears the record. */
  clear(): void;
  /**
   * Sends all of them again: first reads, then writes, `at_a_time` concurrently. A condition that
   * fails now is not an error.
   */
  repeat(options: { at_a_time: number }): Promise<void>;
}

const CONDITION_FAILED = ['ConditionalCheckFailedException', 'TransactionCanceledException'];

export function noteCalls(client: DynamoDBDocumentClient): NotedCalls {
  const commands: Command[] = [];
  const send = (command: Command, ...rest: unknown[]): unknown => {
    commands.push(command);
    return Reflect.apply(client.send, client, [command, ...rest]);
  };
  const again = async ({ constructor: Made, input }: Command): Promise<void> => {
    // A sent command keeps the client's additions, so each time a new command is created.
    const fresh = Reflect.construct(Made as new (input: object) => object, [input]);
    await client.send(fresh as never).catch((cause: Error) => {
      if (!CONDITION_FAILED.includes(cause.name)) throw cause;
    });
  };
  return {
    client: Object.assign(Object.create(client) as DynamoDBDocumentClient, { send }),
    get count() {
      return commands.length;
    },
    clear() {
      commands.length = 0;
    },
    async repeat({ at_a_time }) {
      const isRead = ({ constructor: { name } }: Command & { constructor: { name: string } }) =>
        /^(Get|Query|BatchGet)/.test(name);
      const { reads = [], writes = [] } = Object.groupBy(commands, command =>
        isRead(command as Command & { constructor: { name: string } }) ? 'reads' : 'writes',
      );
      for (const group of [reads, writes]) {
        const waiting = group.values();
        await Promise.all(
          Array.from({ length: at_a_time }, async () => {
            for (const command of waiting) await again(command);
          }),
        );
      }
    },
  };
}
