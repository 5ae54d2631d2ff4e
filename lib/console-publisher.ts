import { execFileSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import { functionAsset } from './function-code.ts';

const FOLDER = 'publish-console';

/**
 * The function that puts the console's files, which its asset carries, into their bucket while a stack is deployed. It has no alarms: where it
 * fails, so does the deployment.
 */
export class ConsolePublisher extends Construct {
  readonly fn: LambdaFunction;
  /** Another text for another build, and for other code that publishes it. */
  readonly build: string;

  constructor(scope: Construct, id: string, { bucket }: { bucket: Bucket }) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Logs', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    role.addToPolicy(
      new PolicyStatement({ actions: ['s3:PutObject'], resources: [bucket.arnForObjects('*')] }),
    );
    const asset = new Asset(this, 'Code', functionAsset(FOLDER, { addFiles: copyConsole }));
    this.fn = new LambdaFunction(this, 'PublishConsole', {
      description: 'Publishes the console while it is deployed',
      code: Code.fromBucket(asset.bucket, asset.s3ObjectKey),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      timeout: Duration.minutes(2),
      memorySize: 512,
      logGroup,
      role,
      environment: {
        CONSOLE_BUCKET: bucket.bucketName,
        POWERTOOLS_SERVICE_NAME: FOLDER,
        NODE_OPTIONS: '--enable-source-maps',
      },
    });
    this.build = asset.assetHash;
  }
}

/** Puts the build that `npm start` serves beside the bundle, in `files`. */
function copyConsole(outputDirectory: string): void {
  const built = execFileSync(process.execPath, ['scripts/build-web.ts', '--kept'], { encoding: 'utf8' });
  cpSync(built.trim(), `${outputDirectory}/files`, { recursive: true });
}
