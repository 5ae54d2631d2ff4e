import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminInitiateAuthCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { tokenOf } from '../../core/appsync/authorizer.ts';
import { type GraphqlClient, graphqlClient } from '../../core/appsync/graphql-client.ts';
import { EdgeError } from '../../edge/edge-error.ts';
import type { Outputs } from './cdk.ts';
import { type Emulator, REGION, ROOT } from './emulator.ts';

/** A system that was deployed to the emulator, from the outputs of its stacks. */
export interface DeployedSystem {
  stream: string;
  edgePolicy: string;
  graphqlUrl: string;
  userPool: string;
  /** Its API as an administrator. */
  admin: GraphqlClient;
}

/** The configuration of the SDK's clients for the emulator. */
export function clientOptions({ endpoint }: Pick<Emulator, 'endpoint'>) {
  return { endpoint, region: REGION, credentials: ROOT };
}

/** @throws EdgeError if the outputs lack a documented name */
export async function systemOf(outputs: Outputs, emulator: Emulator): Promise<DeployedSystem> {
  const output = (name: string) => {
    const found = Object.values(outputs).flatMap(stack => stack[name] ?? []);
    if (found.length === 1) return found[0]!;
    throw new EdgeError(`${found.length} stacks have the output ${name}, instead of one.`);
  };
  const graphqlUrl = output('GraphqlUrl');
  const userPool = output('UserPoolId');
  return {
    stream: output('StreamName'),
    edgePolicy: output('EdgePolicyArn'),
    graphqlUrl,
    userPool,
    admin: await signInAdmin(emulator, { graphqlUrl, userPool }),
  };
}

/** MiniStack also serves an API at a path, so this program needs no proxy. */
function localAddress(graphqlUrl: string, { endpoint }: Pick<Emulator, 'endpoint'>): string {
  const [id] = new URL(graphqlUrl).host.split('.');
  return `${endpoint}/v1/apis/${id}/graphql`;
}

const USERNAME = 'rehearsal@example.com';
const PASSWORD = 'Correct-horse-battery-9';

/** Uses a separate user pool client, because the console's accepts no password. */
async function signInAdmin(
  emulator: Emulator,
  { graphqlUrl, userPool }: Pick<DeployedSystem, 'graphqlUrl' | 'userPool'>,
): Promise<GraphqlClient> {
  const cognito = new CognitoIdentityProviderClient(clientOptions(emulator));
  const user = { UserPoolId: userPool, Username: USERNAME };
  await cognito.send(
    new AdminCreateUserCommand({
      ...user,
      MessageAction: 'SUPPRESS',
      UserAttributes: [{ Name: 'email', Value: USERNAME }],
    }),
  );
  await cognito.send(new AdminSetUserPasswordCommand({ ...user, Password: PASSWORD, Permanent: true }));
  await cognito.send(new AdminAddUserToGroupCommand({ ...user, GroupName: 'admin' }));
  const { UserPoolClient } = await cognito.send(
    new CreateUserPoolClientCommand({
      UserPoolId: userPool,
      ClientName: 'rehearsal',
      ExplicitAuthFlows: ['ALLOW_ADMIN_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
    }),
  );
  const token = async () => {
    const { AuthenticationResult } = await cognito.send(
      new AdminInitiateAuthCommand({
        UserPoolId: userPool,
        ClientId: UserPoolClient!.ClientId!,
        AuthFlow: 'ADMIN_USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME, PASSWORD },
      }),
    );
    return AuthenticationResult!.AccessToken!;
  };
  return graphqlClient({
    url: localAddress(graphqlUrl, emulator),
    authorizer: tokenOf(token),
    errorOf: failure =>
      new EdgeError(
        failure.kind === 'refused'
          ? `The deployed API refused: ${failure.messages.join(' ') || failure.text}`
          : `The deployed API doesn't answer (${failure.kind}).`,
      ),
  });
}
