import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ToolMissing } from '../python/python-tool.ts';

export interface Certificate {
  /** Files, PEM. */
  certificate: string;
  key: string;
}

/**
 * Makes a certificate that names this machine and AWS's endpoints of a region. Only programs that
 * are told of its file trust it.
 * @throws ToolMissing without openssl
 */
export async function makeCertificate(folder: string, region: string): Promise<Certificate> {
  const files = { certificate: join(folder, 'certificate.pem'), key: join(folder, 'key.pem') };
  const services = ['*', '*.s3', '*.appsync-api'].map(host => `DNS:${host}.${region}.amazonaws.com`);
  const names = ['DNS:localhost', 'IP:127.0.0.1', ...services];
  const extensions = [
    'basicConstraints=critical,CA:FALSE',
    'keyUsage=critical,digitalSignature,keyEncipherment',
    'extendedKeyUsage=serverAuth',
    `subjectAltName=${names.join(',')}`,
  ];
  try {
    await promisify(execFile)('openssl', [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=patronus-rehearsal'],
      ...extensions.flatMap(extension => ['-addext', extension]),
      ...['-keyout', files.key, '-out', files.certificate],
    ]);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    throw new ToolMissing('openssl is missing: install it.', { cause });
  }
  return files;
}
