import { expect, test } from 'vitest';
import { ConfigInvalidError } from '../../../src/model/index.js';
import { parseObjectUrl } from '../../../src/registry/object-store/parse-object-url.js';

const EXAMPLE = 's3://bucket/registry.db';

test.each([
  ['s3://bucket/registry.db', 's3', 'bucket', '', 'registry.db'],
  ['S3://Bucket/team/registry.pb', 's3', 'bucket', '', 'team/registry.pb'],
  ['gs://my-bucket//a//b.db', 'gs', 'my-bucket', '', 'a//b.db'],
  ['s3://key:pa55@bucket:9000/r', 's3', 'bucket', ':9000', 'r'],
  ['https://a.blob.core.windows.net/c/x%20y', 'https', 'a.blob.core.windows.net', '', 'c/x%20y'],
])('%s is read as Feast reads it', (url, scheme, host, port, path) => {
  expect(parseObjectUrl(url, EXAMPLE)).toEqual({ scheme, host, port, path });
});

test.each(['', 's3://bucket', 's3://bucket/', 's3:///registry.db', 'bucket/registry.db'])(
  '%j names no object',
  (url) => {
    expect(() => parseObjectUrl(url, EXAMPLE)).toThrow(ConfigInvalidError);
    expect(() => parseObjectUrl(url, EXAMPLE)).toThrow(
      'the `path` of the registry names no object. Write `s3://bucket/registry.db`',
    );
  },
);

test.each(['s3://key:pa55@bucket/r.db?versionId=1', 's3://key:pa55@bucket/a#b'])(
  'refuses what Feast does not read of %s, without the password',
  (url) => {
    expect(() => parseObjectUrl(url, EXAMPLE)).toThrow(/`\?` or `#`(?!.*pa55)/);
  },
);
