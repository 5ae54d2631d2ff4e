import { Amplify } from 'aws-amplify';
import { parseAmplifyConfig } from 'aws-amplify/utils';

/** The parts of the client configuration that are read here; Amplify reads the rest. */
export interface AmplifyOutputs {
  auth?: { mfa_configuration?: 'NONE' | 'OPTIONAL' | 'REQUIRED' };
  data?: { url?: string };
  /** Present only in the local system. */
  custom?: { sign_in_endpoint?: string };
}

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/;

/**
 * Configures Amplify from an outputs file. In the cloud Amplify needs no more. The local system has
 * its own sign-in endpoint and no TLS, and Amplify supports neither: if the API is on the loopback,
 * and only then, this function sets both.
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

/** The local sign-in does not support SRP; in the cloud SRP keeps passwords on the client. */
export function authFlow(outputs: AmplifyOutputs): 'USER_PASSWORD_AUTH' | 'USER_SRP_AUTH' {
  return isOnLoopback(outputs.custom?.sign_in_endpoint) ? 'USER_PASSWORD_AUTH' : 'USER_SRP_AUTH';
}

/** Amplify turns every endpoint into `wss://`; for the loopback this turns it back into `ws://`. */
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
