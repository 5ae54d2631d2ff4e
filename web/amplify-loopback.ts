import { Amplify } from 'aws-amplify';
import { parseAmplifyConfig } from 'aws-amplify/utils';

/** The client configuration, as far as it is read here; the rest is Amplify's own. */
export interface AmplifyOutputs {
  auth?: { mfa_configuration?: 'NONE' | 'OPTIONAL' | 'REQUIRED' };
  data?: { url?: string };
  /** Only there on one machine. */
  custom?: { sign_in_endpoint?: string };
}

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/;

/**
 * Sets Amplify up from an outputs file. In the cloud that is all Amplify needs. The local system
 * has a sign-in endpoint of its own and no TLS, which Amplify doesn't know of: where the API is on
 * the loopback, and only there, both are put right.
 */
export function configureAmplify(outputs: AmplifyOutputs): void {
  const config = parseAmplifyConfig(outputs as Parameters<typeof parseAmplifyConfig>[0]);
  const endpoint = outputs.custom?.sign_in_endpoint;
  if (isOnLoopback(outputs.data?.url) && isOnLoopback(endpoint)) {
    const cognito = config.Auth?.Cognito;
    if (cognito) Object.assign(cognito, { userPoolEndpoint: endpoint });
    plainWebSocketsOnLoopback();
  }
  Amplify.configure(config);
}

/** The local sign-in knows no SRP; in the cloud passwords never leave the client. */
export function authFlow(outputs: AmplifyOutputs): 'USER_PASSWORD_AUTH' | 'USER_SRP_AUTH' {
  return isOnLoopback(outputs.custom?.sign_in_endpoint) ? 'USER_PASSWORD_AUTH' : 'USER_SRP_AUTH';
}

/** Amplify turns every endpoint into `wss://`: to the loopback that becomes `ws://` again. */
function plainWebSocketsOnLoopback(): void {
  const Original = globalThis.WebSocket;
  if (Original.name === 'PlainOnLoopback') return;
  globalThis.WebSocket = class PlainOnLoopback extends Original {
    constructor(url: string | URL, protocols?: string | string[]) {
      const plain = new URL(url);
      if (isOnLoopback(plain.href)) plain.protocol = 'ws:';
      super(plain.href, protocols);
    }
  } as typeof WebSocket;
}

function isOnLoopback(url: string | undefined): boolean {
  return url !== undefined && URL.canParse(url) && LOOPBACK.test(new URL(url).hostname);
}
