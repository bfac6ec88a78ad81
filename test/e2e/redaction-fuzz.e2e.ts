import { testRedactionFuzz } from '../redaction/redaction-fuzz.js';

/**
 * The same outputs in every run, in which no secret may be left. Other ones are for `npm run
 * test:soak`.
 */
testRedactionFuzz({
  texts: 8000,
  pieces: 8000,
  values: 4000,
  errors: 2000,
  encodings: 200,
  innocent: 1000,
  timeout: 600_000,
  seed: 903_494_090,
});
