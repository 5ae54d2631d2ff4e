import { fetchAuthSession, signOut } from 'aws-amplify/auth';
import { type AmplifyOutputs, configureAmplify } from '../amplify-loopback.ts';

/** Who is signed in, as the token says; the API judges every operation by itself. */
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

/** Who is signed in; null where there is no session that can be used. */
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

/** The client configuration; empty before it was read. */
export function sessionOutputs(): AmplifyOutputs {
  return outputs ?? {};
}

export async function endSession(): Promise<void> {
  await signOut();
}
