import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { Template } from 'aws-cdk-lib/assertions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeApp } from '../../../lib/patronus-app.ts';
import { makeServeConsole } from '../../../local/console/serve-console.ts';
import { projectText } from '../../support/project-files.ts';

// biome-ignore lint/suspicious/noExplicitAny: a template is what CloudFormation makes of it
type Properties = any;

const ENDPOINTS = ['https://API', 'wss://SOCKET', 'https://SIGN-IN'];

function webStack(context: Record<string, unknown> = {}): Template | undefined {
  const { stacks } = makeApp({ 'aws:cdk:bundling-stacks': [], ...context });
  const stack = stacks.find(({ stackName }) => stackName === 'PatronusWeb');
  return stack && Template.fromStack(stack);
}

const template = webStack()!;

const distributionOf = (of: Template): Properties =>
  Object.values(of.findResources('AWS::CloudFront::Distribution'))[0]!.Properties.DistributionConfig;

describe('the bucket of the console', () => {
  it('is accessible to the distribution only, over TLS', () => {
    const policies = Object.values(template.findResources('AWS::S3::BucketPolicy'));
    const statements: Properties[] = policies.flatMap(
      ({ Properties }) => Properties.PolicyDocument.Statement,
    );
    expect(statements.filter(({ Effect }) => Effect === 'Deny')).toHaveLength(2);
    const [allowed, ...others] = statements.filter(({ Effect }) => Effect === 'Allow');
    expect(others).toEqual([]);
    const distribution = Object.keys(template.findResources('AWS::CloudFront::Distribution'))[0];
    expect(allowed).toMatchObject({
      Action: ['s3:GetObject', 's3:ListBucket'],
      Principal: { Service: 'cloudfront.amazonaws.com' },
    });
    expect(JSON.stringify(allowed.Condition)).toContain(`":distribution/",{"Ref":"${distribution}"}`);
  });

  it('is read with signed requests', () => {
    template.hasResourceProperties('AWS::CloudFront::OriginAccessControl', {
      OriginAccessControlConfig: { SigningBehavior: 'always', SigningProtocol: 'sigv4' },
    });
    const [origin, ...others] = distributionOf(template).Origins;
    expect(others).toEqual([]);
    expect(origin).toMatchObject({
      OriginAccessControlId: { 'Fn::GetAtt': [expect.stringContaining('Access'), 'Id'] },
      S3OriginConfig: { OriginAccessIdentity: '' },
    });
  });
});

describe('the distribution', () => {
  const behaviours = (): Properties[] => {
    const { DefaultCacheBehavior, CacheBehaviors } = distributionOf(template);
    return [DefaultCacheBehavior, ...CacheBehaviors];
  };

  it('compresses, speaks HTTP/2 and HTTP/3, redirects plain HTTP to TLS and keeps a log for a month', () => {
    expect(distributionOf(template)).toMatchObject({
      HttpVersion: 'http2and3',
      Logging: { Bucket: { 'Fn::GetAtt': [expect.any(String), 'RegionalDomainName'] } },
    });
    for (const behaviour of behaviours()) {
      expect(behaviour).toMatchObject({ Compress: true, ViewerProtocolPolicy: 'redirect-to-https' });
      expect(behaviour.AllowedMethods).toBeUndefined();
    }
    template.hasResourceProperties('AWS::S3::Bucket', {
      OwnershipControls: { Rules: [{ ObjectOwnership: 'ObjectWriter' }] },
      LifecycleConfiguration: { Rules: [{ ExpirationInDays: 30, Status: 'Enabled' }] },
    });
  });

  it('has an address of CloudFront, or its own with TLS 1.2 and newer', () => {
    expect(distributionOf(template)).not.toHaveProperty('ViewerCertificate');
    const certificate = 'arn:aws:acm:us-east-1:123456789012:certificate/one';
    const acl = 'arn:aws:wafv2:us-east-1:123456789012:global/webacl/one/1';
    const own = webStack({
      web_domain: 'patronus.example.com',
      web_certificate_arn: certificate,
      web_acl_arn: acl,
    })!;
    expect(distributionOf(own)).toMatchObject({
      Aliases: ['patronus.example.com'],
      ViewerCertificate: {
        AcmCertificateArn: certificate,
        MinimumProtocolVersion: 'TLSv1.2_2021',
        SslSupportMethod: 'sni-only',
      },
      WebACLId: acl,
    });
    own.hasOutput('ConsoleUrl', { Value: 'https://patronus.example.com/' });
  });

  it('can be left out', () => {
    expect(webStack({ web: 'false' })).toBeUndefined();
  });
});

describe('a request for the console', () => {
  let folder: string;
  let serve: ReturnType<typeof makeServeConsole>;
  const route = runInNewContext(`${projectText('lib/console-routing.js')};handler`) as (event: {
    request: { uri: string; headers: Record<string, { value: string }> };
  }) => { uri: string; statusCode?: undefined } | { statusCode: number };

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'patronus-console-'));
    mkdirSync(join(folder, 'assets'));
    for (const file of FILES) writeFileSync(join(folder, file), file);
    serve = makeServeConsole({ folder, outputs: 'amplify_outputs.json', connectTo: ENDPOINTS });
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  /** The answer of `npm start`: the file, whose content is its name here, and its headers. */
  async function served(path: string, accept: string | undefined) {
    let [file, headers] = ['', {}] as [string, Record<string, string>];
    const response = {
      writeHead: (_status: number, given: Record<string, string>) => {
        headers = given;
      },
      end: (content: Buffer | string) => {
        file = String(content);
      },
    } as unknown as ServerResponse;
    const request = { method: 'GET', url: path, headers: { accept } } as IncomingMessage;
    return (await serve(request, response)) ? { file, headers } : undefined;
  }

  /**
   * The answer of CloudFront: the file that it requests from the bucket, and the headers of its
   * policy.
   */
  function deployed(path: string, accept: string | undefined) {
    const { DefaultCacheBehavior, CacheBehaviors } = distributionOf(template);
    const behaviour =
      CacheBehaviors.find(({ PathPattern }: Properties) =>
        PathPattern.endsWith('*') ? path.startsWith(PathPattern.slice(0, -1)) : path === PathPattern,
      ) ?? DefaultCacheBehavior;
    const headers = accept === undefined ? {} : { accept: { value: accept } };
    const answer = behaviour.FunctionAssociations
      ? route({ request: { uri: path, headers } })
      : { uri: path, statusCode: undefined };
    if (answer.statusCode !== undefined) return undefined;
    const file = answer.uri.slice(1);
    return FILES.includes(file) || file === 'amplify_outputs.json'
      ? { file, headers: headersOf(behaviour.ResponseHeadersPolicyId.Ref) }
      : undefined;
  }

  it.each([
    ['/', 'text/html', 'index.html'],
    ['/', undefined, 'index.html'],
    ['/sites/1', 'text/html,application/xhtml+xml', 'index.html'],
    ['/sites/1', '*/*', undefined],
    ['/sites/1.5', 'text/html', 'index.html'],
    ['/index.html', '*/*', undefined],
    ['/index.html', 'text/html', 'index.html'],
    ['/graphql', 'text/html', 'graphiql.html'],
    ['/graphql', 'application/json', undefined],
    ['/graphiql.html', '*/*', undefined],
    ['/icon.svg', 'image/*', 'icon.svg'],
    ['/icon.svg', 'text/html', 'icon.svg'],
    ['/missing.svg', '*/*', undefined],
    ['/amplify_outputs.json', '*/*', 'amplify_outputs.json'],
    ['/assets/main-1a2b.js', '*/*', 'assets/main-1a2b.js'],
    ['/assets/missing.js', '*/*', undefined],
    ['/..%2ficon.svg', '*/*', undefined],
    ['/.hidden.json', '*/*', undefined],
  ])('for %s that accepts %s gets the same answer as from npm start: %s', async (path, accept, file) => {
    const [here, there] = [await served(path, accept), deployed(path, accept)];
    expect([here?.file, there?.file]).toEqual([file, file]);
    if (!here || !there) return;
    const { 'content-type': _type, 'cache-control': _caching, ...ofPolicy } = here.headers;
    // Plain HTTP on the loopback can't ask for TLS.
    expect(there.headers).toEqual({ ...ofPolicy, 'strict-transport-security': 'max-age=31536000' });
  });

  it('for a missing asset gets no page, even if it accepts HTML', async () => {
    expect(deployed('/assets/missing.js', 'text/html')).toBeUndefined();
  });
});

const FILES = ['index.html', 'graphiql.html', 'icon.svg', 'theme.js', 'assets/main-1a2b.js'];

/** The headers that a policy adds, with the endpoints' addresses by name. */
function headersOf(policyId: string): Record<string, string> {
  const { SecurityHeadersConfig: security, CustomHeadersConfig: custom } = template.findResources(
    'AWS::CloudFront::ResponseHeadersPolicy',
  )[policyId]!.Properties.ResponseHeadersPolicyConfig;
  const {
    ContentTypeOptions,
    FrameOptions,
    ReferrerPolicy,
    StrictTransportSecurity,
    ContentSecurityPolicy,
    ...rest
  } = security;
  expect(rest).toEqual({});
  for (const each of [...Object.values<Properties>(security), ...custom.Items])
    expect(each.Override).toBe(true);
  return {
    ...(ContentTypeOptions && { 'x-content-type-options': 'nosniff' }),
    'x-frame-options': FrameOptions.FrameOption,
    'referrer-policy': ReferrerPolicy.ReferrerPolicy,
    'strict-transport-security': `max-age=${StrictTransportSecurity.AccessControlMaxAgeSec}`,
    ...Object.fromEntries(custom.Items.map(({ Header, Value }: Properties) => [Header, Value])),
    ...(ContentSecurityPolicy && {
      'content-security-policy': withNames(ContentSecurityPolicy.ContentSecurityPolicy),
    }),
  };
}

function withNames(policy: Properties): string {
  const text = policy['Fn::Join'][1]
    .map((part: Properties) => (typeof part === 'string' ? part : JSON.stringify(part)))
    .join('');
  return text
    .replace(/\{"Fn::ImportValue":"[^"]*GraphQLDns[^"]*"\}/, 'API')
    .replace(/\{"Fn::ImportValue":"[^"]*RealtimeDns[^"]*"\}/, 'SOCKET')
    .replace('cognito-idp.{"Ref":"AWS::Region"}.{"Ref":"AWS::URLSuffix"}', 'SIGN-IN');
}
