import { execFileSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import { functionBasics } from './function-basics.ts';
import { functionAsset } from './function-code.ts';

const FOLDER = 'publish-console';

/**
 * The function that uploads the console's files from its asset to their bucket when a stage is
 * deployed. It has no alarms: if it fails, the deployment fails.
 */
export class ConsolePublisher extends Construct {
  readonly fn: LambdaFunction;
  /** Changes with the build, and with the code that publishes it. */
  readonly build: string;

  constructor(scope: Construct, id: string, { bucket }: { bucket: Bucket }) {
    super(scope, id);
    const basics = functionBasics(this, { logs: 'Logs', role: 'Role' });
    basics.role.addToPolicy(
      new PolicyStatement({ actions: ['s3:PutObject'], resources: [bucket.arnForObjects('*')] }),
    );
    const asset = new Asset(this, 'Code', functionAsset(FOLDER, { addFiles: copyConsole }));
    this.fn = new LambdaFunction(this, 'PublishConsole', {
      ...basics,
      description: 'Publishes the console while it is deployed',
      code: Code.fromBucket(asset.bucket, asset.s3ObjectKey),
      timeout: Duration.minutes(2),
      memorySize: 512,
      environment: {
        CONSOLE_BUCKET: bucket.bucketName,
        POWERTOOLS_SERVICE_NAME: FOLDER,
        NODE_OPTIONS: '--enable-source-maps',
      },
    });
    this.build = asset.assetHash;
  }
}

/** Copies the build that `npm start` serves next to the bundle, into `files`. */
function copyConsole(outputDirectory: string): void {
  const built = execFileSync(process.execPath, ['scripts/build-web.ts', '--kept'], { encoding: 'utf8' });
  cpSync(built.trim(), `${outputDirectory}/files`, { recursive: true });
}
