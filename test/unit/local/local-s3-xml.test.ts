import { expect, it } from 'vitest';
import { readKeys, readParts } from '../../../local/s3/s3-xml.ts';

it.each([
  ['keys', '<Delete><Object><Key>a&amp;b</Key></Object><Object><Key>c</Key></Object></Delete>', ['a&b', 'c']],
  ['a key over several lines', '<Object>\n<Key>a\nb</Key>\n</Object>', ['a\nb']],
  ['an object without a key', '<Object><Key>a</Key></Object><Object></Object>', undefined],
  ['nothing', '', []],
  ['objects that are never closed, in one pass', '<Object>'.repeat(500_000), []],
  ['keys that are never closed, in one pass', `<Object>${'<Key>'.repeat(500_000)}</Object>`, undefined],
])('readKeys reads %s', (_, text, keys) => {
  expect(readKeys(text)?.keys).toEqual(keys);
});

it.each([
  [
    'parts',
    '<Part><PartNumber>1</PartNumber><ETag>&quot;ab&quot;</ETag></Part><Part><ETag>cd</ETag><PartNumber>2</PartNumber></Part>',
    [
      { number: 1, etag: 'ab' },
      { number: 2, etag: 'cd' },
    ],
  ],
  ['a part without a number', '<Part><ETag>ab</ETag></Part>', undefined],
  ['a part without a valid number', '<Part><PartNumber>1x</PartNumber><ETag>ab</ETag></Part>', undefined],
  ['nothing', '', undefined],
  ['parts that are never closed, in one pass', '<Part>'.repeat(500_000), undefined],
])('readParts reads %s', (_, text, parts) => {
  expect(readParts(text)).toEqual(parts);
});
