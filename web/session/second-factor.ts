import { fetchMFAPreference, setUpTOTP, updateMFAPreference, verifyTOTPSetup } from 'aws-amplify/auth';
import { sessionOutputs } from './session.ts';
import { digitsOf, ISSUER } from './sign-in-step.ts';

/** The set-up of a second factor. */
export interface PendingFactor {
  secret: string;
  uri: string;
}

/** Whether the signed-in person's account has a second factor. */
export async function hasSecondFactor(): Promise<boolean> {
  const { enabled = [] } = await fetchMFAPreference();
  return enabled.includes('TOTP');
}

export async function beginSecondFactor(email: string): Promise<PendingFactor> {
  const { sharedSecret, getSetupUri } = await setUpTOTP();
  return { secret: sharedSecret, uri: getSetupUri(ISSUER, email).href };
}

/** @throws Error with Cognito's name, such as EnableSoftwareTokenMFAException for a wrong code */
export async function confirmSecondFactor(code: string): Promise<void> {
  await verifyTOTPSetup({ code: digitsOf(code) });
  await updateMFAPreference({ totp: 'PREFERRED' });
}

export async function removeSecondFactor(): Promise<void> {
  await updateMFAPreference({ totp: 'DISABLED' });
}

/** Whether this system offers second factors, or requires one. */
export function secondFactors(): 'NONE' | 'OPTIONAL' | 'REQUIRED' {
  return sessionOutputs().auth?.mfa_configuration ?? 'OPTIONAL';
}
