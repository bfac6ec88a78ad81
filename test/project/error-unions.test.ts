import type { AnalysisError } from 'feast-permissions/analysis';
import type { AzureError } from 'feast-permissions/azure';
import type { ConfigError } from 'feast-permissions/config';
import type { DatabricksError } from 'feast-permissions/databricks';
import type { ServicesAuditError } from 'feast-permissions/databricks/audit';
import type { EndpointError } from 'feast-permissions/databricks/endpoints';
import type { LinkError } from 'feast-permissions/databricks/links';
import type { ServingEndpointError } from 'feast-permissions/databricks/serving-endpoint';
import type { WorkspaceClientError, WorkspaceError } from 'feast-permissions/databricks/workspace';
import {
  type AnyAuthzError,
  AuthzError,
  CredentialUnavailableError,
  isAuthzError,
  type PermissionDeniedError,
} from 'feast-permissions/errors';
import type { GateError } from 'feast-permissions/gate';
import type { IdentityError } from 'feast-permissions/identity';
import type { LoadError } from 'feast-permissions/node';
import type { OnlineStoreError } from 'feast-permissions/online-store';
import type { RegistryError } from 'feast-permissions/registry';
import type { SecretError, SecretNotFoundError } from 'feast-permissions/secrets';
import type { ConfigError as TestingConfigError } from 'feast-permissions/testing';
import { expect, it } from 'vitest';
import { CORE_ERRORS } from '../support/all-errors.js';
import { readPublicNames } from '../support/public-names.js';

/** The union of the errors of each subpath, by the name of the type. */
interface Unions {
  readonly '': AnyAuthzError;
  readonly '/analysis': AnalysisError;
  readonly '/azure': AzureError;
  readonly '/config': ConfigError;
  readonly '/databricks': DatabricksError;
  readonly '/databricks/audit': ServicesAuditError;
  readonly '/databricks/endpoints': EndpointError;
  readonly '/databricks/links': LinkError;
  readonly '/databricks/serving-endpoint': ServingEndpointError;
  readonly '/databricks/workspace': WorkspaceClientError;
  readonly '/errors': AnyAuthzError;
  readonly '/express': GateError;
  readonly '/fastify': GateError;
  readonly '/flight': GateError;
  readonly '/gate': GateError;
  readonly '/grpc': GateError;
  readonly '/hono': GateError;
  readonly '/http': GateError;
  readonly '/identity': IdentityError;
  readonly '/nestjs': GateError;
  readonly '/node': LoadError;
  readonly '/online-store': OnlineStoreError;
  readonly '/registry': RegistryError;
  readonly '/secrets': SecretError;
  readonly '/testing': TestingConfigError;
}
const UNIONS: Readonly<Record<keyof Unions, string>> = {
  '': 'AnyAuthzError',
  '/analysis': 'AnalysisError',
  '/azure': 'AzureError',
  '/config': 'ConfigError',
  '/databricks': 'DatabricksError',
  '/databricks/audit': 'ServicesAuditError',
  '/databricks/endpoints': 'EndpointError',
  '/databricks/links': 'LinkError',
  '/databricks/serving-endpoint': 'ServingEndpointError',
  '/databricks/workspace': 'WorkspaceClientError',
  '/errors': 'AnyAuthzError',
  '/express': 'GateError',
  '/fastify': 'GateError',
  '/flight': 'GateError',
  '/gate': 'GateError',
  '/grpc': 'GateError',
  '/hono': 'GateError',
  '/http': 'GateError',
  '/identity': 'IdentityError',
  '/nestjs': 'GateError',
  '/node': 'LoadError',
  '/online-store': 'OnlineStoreError',
  '/registry': 'RegistryError',
  '/secrets': 'SecretError',
  '/testing': 'ConfigError',
};
/** Their functions throw a TypeError or RangeError on wrong arguments, and no error with a code. */
const WITHOUT = ['/audit', '/aws-iam', '/decision-log', '/redaction'];

it('every subpath exports the union of its errors', () => {
  const found = readPublicNames().map(({ specifier, types }) => {
    const path = specifier.replace('feast-permissions', '');
    return [path, types.includes(UNIONS[path as keyof Unions]) || WITHOUT.includes(path)];
  });
  expect(found.filter(([, isThere]) => isThere !== true)).toEqual([]);
});

// The compiler tests the rest: each function below fails the type check if its union does not
// narrow.

/** The class that a code stands for, of a union. */
type OfCode<U extends AuthzError, C extends U['code']> = Extract<U, { readonly code: C }>;

it('`switch` on the code narrows each union', () => {
  const deniedBy = (error: AnyAuthzError | GateError | OnlineStoreError | AzureError) => {
    switch (error.code) {
      case 'ERR_PERMISSION_DENIED':
        return error.decision;
      case 'ERR_CONFIG_INVALID':
        return error.file;
      default:
        return undefined;
    }
  };
  const statusOf = (error: WorkspaceClientError | EndpointError | LinkError) =>
    error.code === 'ERR_WORKSPACE' ? error.status : undefined;
  const notFound = (error: SecretError): error is SecretNotFoundError =>
    error.code === 'ERR_SECRET_NOT_FOUND';
  const fieldOf = (error: RegistryError | LoadError | ConfigError) =>
    error.code === 'ERR_PERMISSION_INVALID' ? error.field : undefined;
  const denied: OfCode<ServingEndpointError, 'ERR_PERMISSION_DENIED'> | undefined =
    CORE_ERRORS.find(
      (error): error is PermissionDeniedError => error.code === 'ERR_PERMISSION_DENIED',
    );
  const workspace: OfCode<ServingEndpointError, 'ERR_WORKSPACE'> extends WorkspaceError
    ? true
    : false = true;
  expect(workspace).toBe(true);
  expect(denied && deniedBy(denied)).toBe(denied?.decision);
  expect(CORE_ERRORS.map((error) => fieldOf(error as RegistryError)).filter(Boolean)).toEqual([
    'name',
  ]);
  const unavailable = new CredentialUnavailableError('m');
  expect(statusOf(unavailable)).toBeUndefined();
  expect(notFound(unavailable)).toBe(false);
});

it('an error with a code of no union is still an error of the package', () => {
  class OtherError extends AuthzError {
    readonly code = 'ERR_OTHER';
  }
  expect(isAuthzError(new OtherError('m'))).toBe(true);
});
