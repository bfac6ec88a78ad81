import { AuthzError, type ErrorStatus } from '../../../model/errors.js';

/**
 * A request to the REST API of a Databricks workspace that was refused, failed, or returned an
 * unusable answer.
 */
export class WorkspaceError extends AuthzError {
  static readonly code = 'ERR_WORKSPACE';
  override readonly code = 'ERR_WORKSPACE';
  /** Of the HTTP answer; 0 without an answer. */
  readonly status: number;
  /** The service's own name for it, for example `RESOURCE_DOES_NOT_EXIST`, where it gave one. */
  readonly errorCode: string | undefined;
  /** Whether the same request may go well later. It may have had its effect all the same. */
  readonly retriable: boolean;

  constructor(
    message: string,
    details: {
      readonly status: number;
      readonly errorCode?: string | undefined;
      readonly retriable: boolean;
    },
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.status = details.status;
    this.errorCode = details.errorCode;
    this.retriable = details.retriable;
  }

  override get responseStatus(): ErrorStatus {
    return { http: 502, grpc: 14 };
  }
}
