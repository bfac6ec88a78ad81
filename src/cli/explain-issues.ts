import type { z } from 'zod';
import { quote } from '../model/index.js';

/** What a schema found wrong, in one line: each field with its problem. */
export function explainIssues({ issues }: z.ZodError): string {
  return issues.slice(0, 5).map(explainIssue).join('; ');
}

function explainIssue({ path, message, ...issue }: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    const fields = issue.keys.slice(0, 5).map((key) => quote([...path, key].join('.')));
    return `${fields.join(', ')} is not a known field`;
  }
  const isMissing = issue.code === 'invalid_type' && message.endsWith('received undefined');
  const problem = isMissing ? 'is missing' : message.charAt(0).toLowerCase() + message.slice(1);
  return path.length === 0 ? problem : `${quote(path.join('.'))}${isMissing ? '' : ':'} ${problem}`;
}
