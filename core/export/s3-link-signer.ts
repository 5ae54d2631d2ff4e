import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { LinkSigner } from './link-export.ts';

/**
 * Signs with the credentials of the client. A link is not valid longer than they are; those of a
 * function's role last much longer than 15 minutes.
 */
export function s3LinkSigner(client: S3Client, Bucket: string): LinkSigner {
  return {
    sign: ({ key: Key, signed_at_ms, seconds }) =>
      getSignedUrl(client, new GetObjectCommand({ Bucket, Key }), {
        expiresIn: seconds,
        signingDate: new Date(signed_at_ms),
      }),
  };
}
