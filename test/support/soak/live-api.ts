import { setTimeout as wait } from 'node:timers/promises';
import { callCognito } from '../../../local/aws/cognito-call.ts';
import type { SignIn } from '../../../local/provision/sign-ins.ts';
import { SoakFailure } from './soak-failure.ts';
import type { SupervisedSystem, SystemAddress } from './supervised-system.ts';

/** The result of a request. `lost`: it is unknown whether it was executed. */
export type LiveAnswer =
  | { kind: 'done'; data: unknown; request_id: string }
  | { kind: 'refused'; type: string; message: string }
  | { kind: 'lost'; reason: string; retry_after_s?: number };

/** Types of errors that mean that nothing was done, and why. */
const REFUSALS = new Set(['ValidationError', 'NotFound', 'Unauthorized', 'Conflict']);

/** Longer than AppSync allows for a request. */
const REQUEST_MS = 40_000;
/** The time for which a query may go without an answer, over restarts. */
const PATIENCE_MS = 300_000;

interface GraphqlAnswer {
  data?: Record<string, unknown> | null;
  errors?: { message: string; errorType?: string; errorInfo?: { retry_after_s?: number } | null }[];
}

/**
 * A person at the API of a system that may be killed at any moment: with a token of the sign-in, at
 * the current address.
 */
export class LiveApi {
  readonly person: SignIn;
  readonly #system: SupervisedSystem;
  #token: string | undefined;

  constructor(system: SupervisedSystem, person: SignIn) {
    this.#system = system;
    this.person = person;
  }

  /** Sends a request once. */
  async ask(query: string, variables: object): Promise<LiveAnswer> {
    const address = await this.#system.ready();
    try {
      return await this.#post(address, { query, variables });
    } catch (cause) {
      return { kind: 'lost', reason: describe(cause) };
    }
  }

  /**
   * The data of a query, repeated until there is an answer.
   * @throws SoakFailure when it is refused, or no answer comes
   */
  async query<Data>(query: string, variables: object = {}): Promise<Data> {
    const limit = performance.now() + PATIENCE_MS;
    for (;;) {
      const answer = await this.ask(query, variables);
      if (answer.kind === 'done') return answer.data as Data;
      const what = `${query} ${JSON.stringify(variables)}`;
      if (answer.kind === 'refused') {
        throw new SoakFailure(
          `queries are answered: ${what} was refused (${answer.type}: ${answer.message})`,
        );
      }
      if (performance.now() > limit)
        throw new SoakFailure(`queries are answered: ${what} was not (${answer.reason})`);
      await wait((answer.retry_after_s ?? 0.5) * 1000);
    }
  }

  async #post(address: SystemAddress, body: object): Promise<LiveAnswer> {
    this.#token ??= await this.#signIn(address);
    const response = await fetch(address.graphql, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: this.#token },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(REQUEST_MS),
    });
    if (response.status === 401) this.#token = undefined;
    const { data, errors = [] } = (await response.json()) as GraphqlAnswer;
    const [error] = errors;
    if (!error && response.ok) {
      return { kind: 'done', data, request_id: response.headers.get('x-amzn-requestid') ?? '' };
    }
    const { errorType: type = `HTTP ${response.status}`, message = '', errorInfo } = error ?? {};
    if (REFUSALS.has(type)) return { kind: 'refused', type, message };
    const retry_after_s = errorInfo?.retry_after_s;
    return {
      kind: 'lost',
      reason: `${type}: ${message}`,
      ...(retry_after_s !== undefined && { retry_after_s }),
    };
  }

  async #signIn({ cognito, client_id }: SystemAddress): Promise<string> {
    const { email, password } = this.person;
    const { AuthenticationResult } = await callCognito<{ AuthenticationResult: { AccessToken: string } }>(
      cognito,
      'InitiateAuth',
      {
        AuthFlow: 'USER_PASSWORD_AUTH',
        ClientId: client_id,
        AuthParameters: { USERNAME: email, PASSWORD: password },
      },
    );
    return AuthenticationResult.AccessToken;
  }
}

function describe(cause: unknown): string {
  const { message, cause: deeper } = cause as Error;
  return deeper === undefined ? message : `${message} (${(deeper as Error).message})`;
}
