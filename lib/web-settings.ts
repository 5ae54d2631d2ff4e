import { SettingError } from './setting-error.ts';
import { readText } from './setting-values.ts';

/** Settings of the console's distribution. */
export interface WebSettings {
  /**
   * The console's own domain, and its certificate in us-east-1; without it the console has an
   * address of CloudFront.
   */
  web_domain: { name: string; certificate_arn: string } | undefined;
  /** A web ACL of AWS WAF for CloudFront, in us-east-1, for requests to the console. */
  web_acl_arn: string | undefined;
}

type LookUp = (name: string) => unknown;

/** @throws SettingError */
export function readWebSettings(lookUp: LookUp): WebSettings {
  return {
    web_domain: readWebDomain(lookUp),
    web_acl_arn: readGlobalArn('web_acl_arn', { service: 'wafv2', of: 'a web ACL for CloudFront' }, lookUp),
  };
}

function readWebDomain(lookUp: LookUp): WebSettings['web_domain'] {
  const name = readText('web_domain', lookUp('web_domain'));
  const certificate_arn = readGlobalArn(
    'web_certificate_arn',
    { service: 'acm', of: 'a certificate for CloudFront' },
    lookUp,
  );
  if (name === undefined && certificate_arn === undefined) return undefined;
  if (name === undefined || certificate_arn === undefined) {
    throw new SettingError('Settings web_domain and web_certificate_arn must be given together.');
  }
  if (/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/.test(name)) return { name, certificate_arn };
  throw new SettingError(
    `Setting web_domain must be a domain such as patronus.example.com, but is ${JSON.stringify(name)}.`,
  );
}

/**
 * Reads the ARN of a resource that CloudFront uses. It is in us-east-1, independent of the stacks'
 * region.
 */
function readGlobalArn(
  setting: string,
  { service, of }: { service: string; of: string },
  lookUp: LookUp,
): string | undefined {
  const arn = readText(setting, lookUp(setting));
  if (arn === undefined || arn.startsWith(`arn:aws:${service}:us-east-1:`)) return arn;
  throw new SettingError(
    `Setting ${setting} must be the ARN of ${of}, which is in us-east-1 (arn:aws:${service}:us-east-1:…), but is ${JSON.stringify(arn)}.`,
  );
}
