import type { ObjectStore } from './object-store.ts';
import { S3Error } from './s3-error.ts';
import { type Element, xmlDocument } from './s3-xml.ts';

const MAX_KEYS = 1000;

/**
 * The answer of ListObjectsV2, with prefix, delimiter and pages.
 * @throws S3Error InvalidArgument
 */
export async function listObjects(
  store: ObjectStore,
  bucket: string,
  query: URLSearchParams,
): Promise<string> {
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const max = maxKeys(query.get('max-keys'));
  const after = startOf(query);
  const contents: Element[] = [];
  const prefixes = new Set<string>();
  let last = '';
  let truncated = false;
  for (const key of await store.keys(prefix)) {
    if (after !== '' && !isAfter(key, after, delimiter)) continue;
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const common = end === -1 ? undefined : key.slice(0, end + delimiter.length);
    if (common !== undefined && prefixes.has(common)) continue;
    if (contents.length + prefixes.size >= max) {
      truncated = true;
      break;
    }
    if (common !== undefined) prefixes.add(common);
    else {
      // The object may have been deleted since the names were read.
      const object = await store.find(key).catch(cause => {
        if (cause instanceof S3Error) return undefined;
        throw cause;
      });
      if (!object) continue;
      contents.push({
        Contents: {
          Key: named(key, query),
          LastModified: object.modified.toISOString(),
          ETag: `"${object.etag}"`,
          Size: String(object.size),
          StorageClass: 'STANDARD',
        },
      });
    }
    last = common ?? key;
  }
  return xmlDocument('ListBucketResult', [
    { Name: bucket },
    { Prefix: named(prefix, query) },
    ...(delimiter === '' ? [] : [{ Delimiter: delimiter }]),
    ...(query.has('encoding-type') ? [{ EncodingType: 'url' }] : []),
    { KeyCount: String(contents.length + prefixes.size) },
    { MaxKeys: String(max) },
    { IsTruncated: String(truncated) },
    ...(truncated ? [{ NextContinuationToken: Buffer.from(last).toString('base64url') }] : []),
    ...contents,
    ...Array.from(prefixes, Prefix => ({ CommonPrefixes: { Prefix: named(Prefix, query) } })),
  ]);
}

function named(key: string, query: URLSearchParams): string {
  return query.get('encoding-type') === 'url' ? encodeURIComponent(key).replaceAll('%2F', '/') : key;
}

function startOf(query: URLSearchParams): string {
  const token = query.get('continuation-token');
  return token === null ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64url').toString();
}

/** Keys after a common prefix are those that don't begin with it. */
function isAfter(key: string, after: string, delimiter: string): boolean {
  if (delimiter !== '' && after.endsWith(delimiter) && key.startsWith(after)) return false;
  return Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0;
}

function maxKeys(given: string | null): number {
  const max = Number(given ?? MAX_KEYS);
  if (Number.isInteger(max) && max >= 0) return Math.min(max, MAX_KEYS);
  throw new S3Error('InvalidArgument', 'Provided max-keys not an integer or within integer range', {
    ArgumentName: 'max-keys',
    ArgumentValue: given ?? '',
  });
}
