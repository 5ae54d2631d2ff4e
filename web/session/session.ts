import { fetchAuthSession, signOut } from 'aws-amplify/auth';
import { type AmplifyOutputs, configureAmplify } from '../amplify-loopback.ts';

/** The signed-in person according to the token; the API authorizes every operation itself. */
export interface Person {
  sub: string;
  email: string;
  groups: string[];
}

let outputs: AmplifyOutputs | undefined;

/** Reads the client configuration and sets Amplify up. @returns the address of the API */
export async function configureSession(): Promise<string> {
  const response = await fetch('/amplify_outputs.json');
  if (!response.ok) throw new Error(`The console's configuration can't be read (${response.status}).`);
  outputs = (await response.json()) as AmplifyOutputs;
  configureAmplify(outputs);
  const url = outputs.data?.url;
  if (url === undefined) throw new Error("The console's configuration names no API.");
  return url;
}

/** The person who is signed in; null without a valid session. */
export async function currentPerson(): Promise<Person | null> {
  const { tokens } = await fetchAuthSession().catch(() => ({ tokens: undefined }));
  const payload = tokens?.accessToken.payload;
  if (!payload) return null;
  const email = tokens.idToken?.payload.email;
  const groups = payload['cognito:groups'];
  return {
    sub: String(payload.sub),
    email: typeof email === 'string' ? email : String(payload.username),
    groups: Array.isArray(groups) ? groups.map(String) : [],
  };
}

/** The client configuration; empty before it is read. */
export function sessionOutputs(): AmplifyOutputs {
  return outputs ?? {};
}

export async function endSession(): Promise<void> {
  await signOut();
}
