import './totp-secret.css';

export interface TotpSecretProps {
  /** In base 32. */
  secret: string;
  /** The `otpauth:` address that opens an authenticator app. */
  uri: string;
}

/** The key that an authenticator app needs: to type, or as a link for an app on the same device. */
export function TotpSecret({ secret, uri }: TotpSecretProps) {
  return (
    <div className="totp-secret">
      <p>
        In the app, choose to enter a key manually, and type this key. On a phone,{' '}
        <a href={uri}>open the app</a> with it.
      </p>
      {/* Apps leave out the gaps. */}
      <code>{secret.match(/.{1,4}/g)?.join(' ')}</code>
    </div>
  );
}
