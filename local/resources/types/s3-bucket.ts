import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type ObjectStore, openObjectStore } from '../../s3/object-store.ts';
import { ENCRYPTION, noEffect, TAGS } from '../no-effect.ts';
import { physicalName } from '../physical-name.ts';
import type { ResourceType } from '../resource-type.ts';

const bucketSchema = z.strictObject({
  BucketName: z.string().optional(),
  BucketEncryption: ENCRYPTION,
  LifecycleConfiguration: noEffect('files stay as long as the run, or as long as the data folder'),
  OwnershipControls: noEffect('anyone on this machine may sign for its buckets'),
  LoggingConfiguration: noEffect('the signers of a file are not distinguished here'),
  PublicAccessBlockConfiguration: noEffect('nothing is open without a signature here'),
  Tags: TAGS,
});

export const s3Bucket: ResourceType<z.output<typeof bucketSchema>, ObjectStore> = {
  type: 'AWS::S3::Bucket',
  schema: bucketSchema,
  async make({ resource, properties, host: { dataDirectory, scratchDirectory } }) {
    const name = properties.BucketName ?? physicalName(resource).toLowerCase();
    const folder = join(dataDirectory ?? scratchDirectory, 'buckets', name);
    if (dataDirectory === undefined) await rm(folder, { recursive: true, force: true });
    return { attributes: { Ref: name, Arn: `arn:aws:s3:::${name}` }, value: await openObjectStore(folder) };
  },
};
