import { testRedactionFuzz } from './redaction-fuzz.js';

testRedactionFuzz({
  texts: 1000,
  pieces: 1000,
  values: 500,
  errors: 500,
  encodings: 200,
  innocent: 1000,
  timeout: 60_000,
});
