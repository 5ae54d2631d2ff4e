import { type AwsRequest, type Need, type Place, UnknownCall } from './need.ts';

/** Query parameters that select an operation of S3; all others belong to an operation. */
const OPERATIONS = ['uploads', 'uploadId', 'list-type', 'delete'];
const PARAMETERS =
  /^(x-id|x-amz-.*|prefix|delimiter|start-after|continuation-token|max-keys|encoding-type|partNumber|response-.*)$/i;

/** The action that is needed on the object or on the bucket, by method and operation. */
const ACTIONS: Record<string, string> = {
  'GET object': 's3:GetObject',
  'HEAD object': 's3:GetObject',
  'PUT object': 's3:PutObject',
  'DELETE object': 's3:DeleteObject',
  'POST object uploads': 's3:PutObject',
  'PUT object uploadId': 's3:PutObject',
  'POST object uploadId': 's3:PutObject',
  'DELETE object uploadId': 's3:AbortMultipartUpload',
  'GET bucket list-type': 's3:ListBucket',
  'POST bucket delete': 's3:DeleteObject',
};

/** The rights that a call of S3 with the bucket in its path needs. @throws UnknownCall */
export function s3Needs({ method, path, headers, body }: AwsRequest, { s3_path }: Place): Need[] {
  const { pathname, searchParams } = new URL(path, 'http://s3');
  const [bucket = '', ...rest] = pathname.slice(s3_path.length).replace(/^\//, '').split('/');
  const key = decodeURIComponent(rest.join('/'));
  const names = [...searchParams.keys()];
  const operation = OPERATIONS.find(name => searchParams.has(name));
  const call = [method, key === '' ? 'bucket' : 'object', operation].filter(Boolean).join(' ');
  const action = ACTIONS[call];
  const unknown = names.find(name => !OPERATIONS.includes(name) && !PARAMETERS.test(name));
  if (action === undefined || unknown !== undefined || headers['x-amz-copy-source'] !== undefined) {
    throw new UnknownCall(`s3: ${call}${unknown === undefined ? '' : ` with ${unknown}`}`);
  }
  const keys = operation === 'delete' ? keysOf(body) : [key];
  return keys.map(name => ({ action, resource: `arn:aws:s3:::${bucket}${name === '' ? '' : `/${name}`}` }));
}

/** The keys of a call that deletes several. */
function keysOf(body: string): string[] {
  return [...body.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key]) => key!);
}
