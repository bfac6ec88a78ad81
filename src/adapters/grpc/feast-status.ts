import type { CallStatus } from './call-status.js';

/** The errors that Feast's clients raise, by the code of gRPC: PERMISSION_DENIED and NOT_FOUND. */
const CLASSES: ReadonlyMap<number, string> = new Map([
  [7, 'FeastPermissionError'],
  [5, 'FeastObjectNotFoundException'],
]);

/** Of the message, in UTF-16 code units: details that are cut are not JSON. */
const MAX_MESSAGE = 512;

/**
 * The status of a refusal with details that Feast's clients raise as an error of their own, and not
 * as one of gRPC: JSON with the class to raise. Other statuses stay as they are.
 *
 * @param prefix what the client looks for before the JSON
 * @source Feast 0.66.0 and 0.67.0, how its clients of the registry server and of the offline server
 *   read errors
 */
export function toFeastStatus(status: CallStatus, prefix = ''): CallStatus {
  const { code, details } = status;
  const name = CLASSES.get(code);
  if (name === undefined) return status;
  const message = details.slice(0, MAX_MESSAGE);
  const error = { module: 'feast.errors', class: name, message };
  return { code, details: prefix + JSON.stringify(error) };
}
