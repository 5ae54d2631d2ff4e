import { TextField } from '../parts/text-field.tsx';
import type { SignInStep } from './sign-in-step.ts';
import { TotpSecret } from './totp-secret.tsx';

/** The label of each step's button. */
export const SUBMIT = {
  CREDENTIALS: 'Sign in',
  NEW_PASSWORD: 'Sign in',
  TOTP_SETUP: 'Sign in',
  TOTP_CODE: 'Sign in',
  FORGOTTEN: 'Send a code',
  RESET_CODE: 'Set the password',
  DONE: 'Sign in',
} as const satisfies Record<SignInStep['is'], string>;

export interface SignInFieldsProps {
  step: SignInStep;
  /** The e-mail address if it is known. */
  email: string;
}

/** The fields of a step, named as in `Typed`. */
export function SignInFields({ step, email }: SignInFieldsProps) {
  switch (step.is) {
    case 'CREDENTIALS':
      return (
        <>
          <Email email={email} />
          <TextField
            name="password"
            label="Password"
            type="password"
            autoComplete="current-password"
            isRequired
            autoFocus={email !== ''}
          />
        </>
      );
    case 'NEW_PASSWORD':
      return <NewPassword description="Choose your own password to replace the first one." autoFocus />;
    case 'TOTP_SETUP':
      return (
        <>
          <p>This system requires a second factor: a code from an authenticator app.</p>
          <TotpSecret secret={step.secret} uri={step.uri} />
          <Code label="Code from the app" autoFocus />
        </>
      );
    case 'TOTP_CODE':
      return (
        <Code
          label="Code from your authenticator app"
          description="Six digits; the app shows a new code every 30 seconds."
          autoFocus
        />
      );
    case 'FORGOTTEN':
      return <Email email={email} />;
    case 'RESET_CODE':
      return (
        <>
          <p>If {step.email} has an account, a code was mailed to it.</p>
          <Code label="Code from the mail" autoFocus />
          <NewPassword />
        </>
      );
    case 'DONE':
      return null;
  }
}

function Email({ email }: { email: string }) {
  return (
    <TextField
      name="email"
      label="E-mail address"
      type="email"
      autoComplete="username"
      isRequired
      defaultValue={email}
      autoFocus={email === ''}
    />
  );
}

function NewPassword(props: { description?: string; autoFocus?: boolean }) {
  return (
    <TextField
      {...props}
      name="new_password"
      label="New password"
      type="password"
      autoComplete="new-password"
      isRequired
    />
  );
}

function Code(props: { label: string; description?: string; autoFocus?: boolean }) {
  return <TextField {...props} name="code" inputMode="numeric" autoComplete="one-time-code" isRequired />;
}
