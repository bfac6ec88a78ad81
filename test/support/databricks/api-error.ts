/** An error of the REST API, as its body says it. */
export class ApiError extends Error {
  readonly status: number;
  /** A number where the gateway refuses, a name where the service does. */
  readonly errorCode: string | number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    errorCode: string | number,
    message: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.status = status;
    this.errorCode = errorCode;
    this.headers = headers;
  }
}

export const missing = (message: string): ApiError =>
  new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', message);
export const invalid = (message: string): ApiError =>
  new ApiError(400, 'INVALID_PARAMETER_VALUE', message);
export const denied = (message: string): ApiError =>
  new ApiError(403, 'PERMISSION_DENIED', message);
export const exists = (message: string): ApiError =>
  new ApiError(400, 'RESOURCE_ALREADY_EXISTS', message);
