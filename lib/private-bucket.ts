import { RemovalPolicy } from 'aws-cdk-lib';
import { BlockPublicAccess, BucketEncryption, type BucketProps } from 'aws-cdk-lib/aws-s3';
import type { Stage } from './stage.ts';

/**
 * What every bucket is: encrypted, closed to the public, reached by TLS only. When its stack is
 * deleted it stays, or it is emptied and deleted in a stage that is thrown away.
 */
export function privateBucket({ keepsData }: Pick<Stage, 'keepsData'>): BucketProps {
  return {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    encryption: BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    ...(keepsData
      ? { removalPolicy: RemovalPolicy.RETAIN }
      : { removalPolicy: RemovalPolicy.DESTROY, autoDeleteObjects: true }),
  };
}
