import { RemovalPolicy } from 'aws-cdk-lib';
import { BlockPublicAccess, BucketEncryption, type BucketProps } from 'aws-cdk-lib/aws-s3';
import type { Stage } from './stage.ts';

/**
 * Properties of every bucket: encrypted, not public, TLS only. When its stack is deleted, the
 * bucket is kept; in a temporary stage it is emptied and deleted.
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
