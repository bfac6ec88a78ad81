/**
 * What decides who somebody is, and gets tokens: as in the package, with a record of what it says
 * and throws. Tokens that it gives are not recorded.
 */
import { createAuthenticator as createPlainAuthenticator } from '../../../src/identity/create-authenticator.js';
import {
  createKubernetesAuthenticator as createPlainKubernetesAuthenticator,
  createTokenReviewer as createPlainTokenReviewer,
} from '../../../src/identity/kubernetes/kubernetes-authenticator.js';
import { createTokenSource as createPlainTokenSource } from '../../../src/identity/token-source.js';
import { recordAnswers, recordErrors, recordRejection, transcript } from './recording.js';

const SUBJECT = 'subject';

export const createAuthenticator: typeof createPlainAuthenticator = (...args) =>
  recordAnswers(SUBJECT, createPlainAuthenticator(...args));

export const createKubernetesAuthenticator: typeof createPlainKubernetesAuthenticator = (...args) =>
  recordAnswers(SUBJECT, createPlainKubernetesAuthenticator(...args));

export const createTokenReviewer: typeof createPlainTokenReviewer = (...args) => {
  const review = createPlainTokenReviewer(...args);
  return async (token) => {
    const subject = await recordRejection(review(token));
    transcript.record(SUBJECT, subject);
    return subject;
  };
};

export const createTokenSource: typeof createPlainTokenSource = (...args) =>
  recordErrors(createPlainTokenSource(...args));
