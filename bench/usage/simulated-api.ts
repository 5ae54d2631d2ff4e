import { readFileSync } from 'node:fs';
import { execute, type GraphQLFieldResolver, parse } from 'graphql';
import { selectionSetList } from '../../local/gateway/resolvers/selection.ts';
import { buildSchema } from '../../local/gateway/schema/build-schema.ts';
import type { DeployedFunctions } from './deployed-functions.ts';

/**
 * The caller, as AppSync passes it to the function, and the name for the counts of the function's
 * calls.
 */
export interface Asker {
  identity: object;
  as: string;
}

export interface SimulatedApi {
  /**
   * Runs an operation like AppSync: calls the function for each field that has a resolver.
   * @throws Error for a refusal
   */
  run(document: string, variables: object, asker: Asker): Promise<Record<string, unknown>>;
  /** Requests since the last {@link forget}, and bytes of their answers, by caller. */
  readonly requests: Map<string, { count: number; bytes: number }>;
  forget(): void;
}

/** Types whose fields a function resolves. */
const ANSWERED = new Set(['Query', 'Mutation', 'Overview']);

/** AppSync in this process, without its limits and its authorization. */
export function simulatedApi(functions: DeployedFunctions): SimulatedApi {
  const file = new URL('../../graphql/schema.graphql', import.meta.url);
  const schema = buildSchema(readFileSync(file, 'utf8'));
  const requests = new Map<string, { count: number; bytes: number }>();
  let last: Promise<unknown> = Promise.resolve();
  const fieldResolver: GraphQLFieldResolver<unknown, Asker> = (source, args, { identity, as }, info) => {
    const type = info.parentType.name;
    if (!ANSWERED.has(type)) return (source as Record<string, unknown> | null)?.[info.fieldName];
    const { fragments, variableValues: variables } = info;
    const selection = selectionSetList(info.fieldNodes, { fragments, variables });
    const event = { type, field: info.fieldName, arguments: { ...args }, identity, source, selection };
    // One after another, so that the CPU time of each is known.
    const answer = last.then(async () => dataOf(info.fieldName, await functions.call('api', event, as)));
    last = answer.catch(() => {});
    return answer;
  };
  return {
    requests,
    forget: () => requests.clear(),
    async run(document, variables, asker) {
      const { data, errors = [] } = await execute({
        schema,
        document: parse(document),
        variableValues: variables as Record<string, unknown>,
        contextValue: asker,
        fieldResolver,
      });
      if (errors[0] || !data) throw errors[0] ?? new Error('An operation had no answer.');
      const sum = requests.get(asker.as) ?? { count: 0, bytes: 0 };
      requests.set(asker.as, sum);
      sum.count++;
      sum.bytes += Buffer.byteLength(JSON.stringify({ data }));
      return data;
    },
  };
}

/** The data of a function's answer. @throws Error with the message of a refusal */
export function dataOf(field: string, answer: unknown): unknown {
  const { data, error } = answer as { data?: unknown; error?: { message: string } };
  if (error) throw new Error(`${field}: ${error.message}`);
  return data;
}
