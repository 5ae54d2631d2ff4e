import { readFileSync } from 'node:fs';
import { Duration, Names, Stack } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AccessLevel,
  type BehaviorOptions,
  CachePolicy,
  Distribution,
  Function as EdgeFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  HttpVersion,
  ResponseHeadersPolicy,
  S3OriginAccessControl,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { Bucket, type IBucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { pagePolicies, SECURITY_HEADERS } from '../core/console/console-headers.ts';
import { privateBucket } from './private-bucket.ts';
import type { Settings } from './settings.ts';
import type { Stage } from './stage.ts';
import type { WebSettings } from './web-settings.ts';

const ROUTING_FILE = 'lib/console-routing.js';

export interface ConsoleDistributionProps {
  settings: WebSettings & Pick<Settings, 'stage'>;
  bucket: Bucket;
  /** Other origins that pages may connect to. */
  connectTo: string[];
}

/**
 * CloudFront in front of the console's bucket, with the addresses of views, the same headers as the
 * server of `npm start`, and TLS only.
 */
export class ConsoleDistribution extends Construct {
  readonly distribution: Distribution;

  constructor(scope: Construct, id: string, { settings, bucket, connectTo }: ConsoleDistributionProps) {
    super(scope, id);
    const { stage, web_domain, web_acl_arn } = settings;
    // With the permission to list, S3 reports a missing file as missing, not as forbidden. No
    // address lists files.
    const origin = S3BucketOrigin.withOriginAccessControl(asInterface(bucket), {
      originAccessControl: new S3OriginAccessControl(this, 'Access', {
        originAccessControlName: this.globalName('Access'),
      }),
      originAccessLevels: [AccessLevel.READ, AccessLevel.LIST],
    });
    const common: BehaviorOptions = {
      origin,
      viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      cachePolicy: CachePolicy.CACHING_OPTIMIZED,
      compress: true,
    };
    const routed = { ...common, functionAssociations: [this.routing()] };
    const policies = pagePolicies(connectTo);
    this.distribution = new Distribution(this, 'Distribution', {
      comment: `Patronus: console (${Stack.of(this).stackName})`,
      httpVersion: HttpVersion.HTTP2_AND_3,
      defaultRootObject: 'index.html',
      defaultBehavior: { ...routed, responseHeadersPolicy: this.headers('Pages', policies.console) },
      additionalBehaviors: {
        '/assets/*': { ...common, responseHeadersPolicy: this.headers('Assets') },
        '/graphql': { ...routed, responseHeadersPolicy: this.headers('Graphiql', policies.graphiql) },
      },
      ...(web_domain && {
        domainNames: [web_domain.name],
        certificate: Certificate.fromCertificateArn(this, 'Certificate', web_domain.certificate_arn),
        minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
      }),
      ...(web_acl_arn !== undefined && { webAclId: web_acl_arn }),
      enableLogging: true,
      logBucket: asInterface(this.makeLogs(stage)),
    });
  }

  private routing() {
    const fn = new EdgeFunction(this, 'Routing', {
      comment: 'Patronus: chooses the file of the console for a request',
      code: FunctionCode.fromInline(readFileSync(ROUTING_FILE, 'utf8')),
      runtime: FunctionRuntime.JS_2_0,
    });
    return { function: fn, eventType: FunctionEventType.VIEWER_REQUEST };
  }

  private headers(id: string, contentSecurityPolicy?: string): ResponseHeadersPolicy {
    const {
      'x-content-type-options': _nosniff,
      'x-frame-options': frameOption,
      'referrer-policy': referrerPolicy,
      ...others
    } = SECURITY_HEADERS;
    return new ResponseHeadersPolicy(this, id, {
      responseHeadersPolicyName: this.globalName(id),
      securityHeadersBehavior: {
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: HeadersFrameOption[frameOption], override: true },
        referrerPolicy: { referrerPolicy: REFERRER[referrerPolicy], override: true },
        strictTransportSecurity: { accessControlMaxAge: Duration.days(365), override: true },
        ...(contentSecurityPolicy !== undefined && {
          contentSecurityPolicy: { contentSecurityPolicy, override: true },
        }),
      },
      customHeadersBehavior: {
        customHeaders: Object.entries(others).map(([header, value]) => ({ header, value, override: true })),
      },
    });
  }

  /** CloudFront's names are unique in the whole account, across regions. */
  private globalName(id: string): string {
    return `${Names.uniqueResourceName(this, { maxLength: 34 })}-${id}-${Stack.of(this).region}`;
  }

  private makeLogs(stage: Stage): Bucket {
    return new Bucket(this, 'Requests', {
      ...privateBucket(stage),
      // CloudFront writes its logs with an access control list.
      objectOwnership: ObjectOwnership.OBJECT_WRITER,
      lifecycleRules: [{ id: 'requests-are-forgotten-after-a-month', expiration: Duration.days(30) }],
    });
  }
}

/** The library's Bucket is not assignable to its IBucket with `exactOptionalPropertyTypes`. */
const asInterface = (bucket: Bucket): IBucket => bucket as unknown as IBucket;

const REFERRER = { 'no-referrer': HeadersReferrerPolicy.NO_REFERRER } as const;
