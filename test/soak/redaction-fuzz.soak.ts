import { testRedactionFuzz } from '../redaction/redaction-fuzz.js';

/** A hundred thousand outputs of random input, in which no secret may be left. */
testRedactionFuzz({
  texts: 40_000,
  pieces: 30_000,
  values: 20_000,
  errors: 10_000,
  encodings: 200,
  innocent: 1000,
  timeout: 3_600_000,
});
