import { RemovalPolicy } from 'aws-cdk-lib';
import type { BucketProps } from 'aws-cdk-lib/aws-s3';
import type { Stage } from './stage.ts';

/** What becomes of a bucket when its stack is deleted: it stays, or it is emptied and deleted in a stage that is thrown away. */
export function leavingWith({ keepsData }: Pick<Stage, 'keepsData'>): BucketProps {
  return keepsData
    ? { removalPolicy: RemovalPolicy.RETAIN }
    : { removalPolicy: RemovalPolicy.DESTROY, autoDeleteObjects: true };
}
