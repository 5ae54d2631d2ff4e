import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';

/**
 * A client of S3. S3 checks the SHA-256 of every body, because it is signed. The SDK's additional
 * checksums are off: with them S3 refuses to complete an upload in parts unless the caller keeps
 * each part's checksum.
 */
export function makeS3Client(config: S3ClientConfig = {}): S3Client {
  return new S3Client({
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // Without these limits a request without an answer lasts as long as the function.
    requestHandler: { connectionTimeout: 2000, requestTimeout: 30_000, throwOnRequestTimeout: true },
    ...config,
  });
}
