import { describe, expect, test } from 'vitest';
import { RegistryInvalidError } from '../../../src/model/index.js';
import {
  decodeList,
  encodeProjectRequest,
} from '../../../src/registry/remote/registry-messages.js';
import { encodeList } from './support/fake-registry-server.js';

const OBJECTS = [new Uint8Array([1, 2]), new Uint8Array(), new Uint8Array(300)];

describe('an answer with a list', () => {
  test('has its objects as they were sent', () => {
    expect(decodeList(encodeList(OBJECTS), 'ListEntities')).toEqual(OBJECTS);
    expect(decodeList(encodeList([]), 'ListEntities')).toEqual([]);
    expect(decodeList(new Uint8Array(), 'ListEntities')).toEqual([]);
  });

  test('may have fields that are not known', () => {
    const unknown = Buffer.from([0x18, 0x05, 0x22, 0x01, 0x61]);
    const answer = new Uint8Array(Buffer.concat([encodeList(OBJECTS), unknown]));
    expect(decodeList(answer, 'ListEntities')).toEqual(OBJECTS);
  });

  test('is refused with another number of objects than it says', () => {
    expect(() => decodeList(encodeList(OBJECTS, 4), 'ListEntities')).toThrow(
      'the answer to `ListEntities` has 3 of 4 objects',
    );
  });

  test('is refused at every cut within an object', () => {
    const answer = encodeList(OBJECTS);
    for (const end of [1, 3, 7, 200]) {
      const cut = answer.subarray(0, end);
      expect(() => decodeList(cut, 'ListEntities')).toThrow(RegistryInvalidError);
    }
  });
});

test('a request names its project in field 1', () => {
  expect([...encodeProjectRequest('ab')]).toEqual([0x0a, 2, 0x61, 0x62]);
});
