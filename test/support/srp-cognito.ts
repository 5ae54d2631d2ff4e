import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SrpExchange, verifierOf } from './cloud-sign-in/srp-server.ts';

/** Cognito's side of a sign-in with SRP, on the loopback, for one person. */
export interface SrpCognito {
  endpoint: string;
  /** The requests, by operation; none contains a password. */
  asked: { operation: string; input: Record<string, unknown> }[];
  stop(): Promise<void>;
}

interface SrpOptions {
  user_pool_id: string;
  user_id: string;
  password: string;
  access_token: string;
}

/** Starts it. Verifies the proof of a password like Cognito, and refuses a wrong one. */
export async function startSrpCognito(options: SrpOptions): Promise<SrpCognito> {
  const who = `${options.user_pool_id.split('_')[1]}${options.user_id}`;
  const verifier = verifierOf(who, options.password);
  const asked: SrpCognito['asked'] = [];
  let exchange: SrpExchange | undefined;

  function answer(operation: string, input: Record<string, Record<string, string>>): [number, object] {
    asked.push({ operation, input });
    if (operation === 'InitiateAuth') {
      exchange = new SrpExchange(verifier, input.AuthParameters!.SRP_A!);
      const ChallengeParameters = {
        ...{ USERNAME: options.user_id, USER_ID_FOR_SRP: options.user_id },
        ...{ SECRET_BLOCK: exchange.secret_block, ...exchange.public },
      };
      return [200, { ChallengeName: 'PASSWORD_VERIFIER', ChallengeParameters }];
    }
    const { TIMESTAMP = '', PASSWORD_CLAIM_SIGNATURE = '' } = input.ChallengeResponses!;
    if (!exchange?.proves(who, { timestamp: TIMESTAMP, signature: PASSWORD_CLAIM_SIGNATURE })) {
      return [400, { __type: 'NotAuthorizedException', message: 'Incorrect username or password.' }];
    }
    const tokens = {
      AccessToken: options.access_token,
      IdToken: options.access_token,
      RefreshToken: 'refresh',
    };
    return [200, { AuthenticationResult: { ...tokens, ExpiresIn: 3600, TokenType: 'Bearer' } }];
  }

  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const operation = String(request.headers['x-amz-target']).split('.')[1]!;
    const [status, json] = answer(operation, JSON.parse(body));
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(json));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    stop: () => new Promise(resolve => server.close(() => resolve())),
  };
}
