import { fetchMFAPreference, setUpTOTP, updateMFAPreference, verifyTOTPSetup } from 'aws-amplify/auth';
import { sessionOutputs } from './session.ts';
import { digitsOf, ISSUER } from './sign-in-step.ts';

/** A second factor that is being set up. */
export interface PendingFactor {
  secret: string;
  uri: string;
}

/** Whether who is signed in is asked for a code of an authenticator app. */
export async function hasSecondFactor(): Promise<boolean> {
  const { enabled = [] } = await fetchMFAPreference();
  return enabled.includes('TOTP');
}

export async function beginSecondFactor(email: string): Promise<PendingFactor> {
  const { sharedSecret, getSetupUri } = await setUpTOTP();
  return { secret: sharedSecret, uri: getSetupUri(ISSUER, email).href };
}

/** @throws Error as Cognito names it, such as EnableSoftwareTokenMFAException for a wrong code */
export async function confirmSecondFactor(code: string): Promise<void> {
  await verifyTOTPSetup({ code: digitsOf(code) });
  await updateMFAPreference({ totp: 'PREFERRED' });
}

export async function removeSecondFactor(): Promise<void> {
  await updateMFAPreference({ totp: 'DISABLED' });
}

/** Whether this system offers second factors, and whether it demands one. */
export function secondFactors(): 'NONE' | 'OPTIONAL' | 'REQUIRED' {
  return sessionOutputs().auth?.mfa_configuration ?? 'OPTIONAL';
}
