import './totp-secret.css';

export interface TotpSecretProps {
  /** In base 32. */
  secret: string;
  /** `otpauth:` address that opens an authenticator app. */
  uri: string;
}

/**
 * What an authenticator app needs to make codes: the key to type, or a link for an app on the same
 * device.
 */
export function TotpSecret({ secret, uri }: TotpSecretProps) {
  return (
    <div className="totp-secret">
      <p>
        In the app choose to enter a key by hand, and type this one. On a phone <a href={uri}>open the app</a>{' '}
        with it.
      </p>
      {/* Apps leave out the gaps. */}
      <code>{secret.match(/.{1,4}/g)?.join(' ')}</code>
    </div>
  );
}
