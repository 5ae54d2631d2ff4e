import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';

/**
 * A client of S3. The SHA-256 of every body is signed and checked by S3, so the SDK's own checksums
 * on top are left out: without more to be kept a part, an upload in parts would be refused for
 * them.
 */
export function makeS3Client(config: S3ClientConfig = {}): S3Client {
  return new S3Client({
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // Without it a request without an answer lasts as long as the function.
    requestHandler: { connectionTimeout: 2000, requestTimeout: 30_000, throwOnRequestTimeout: true },
    ...config,
  });
}
