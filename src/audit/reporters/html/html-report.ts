import { createHash } from 'node:crypto';
import type { AuditReport } from '../../audit-report.js';
import { inPieces } from '../pieces.js';
import { ACCESS_SCRIPT } from './access-script.js';
import { PAGE_BODY } from './page-body.js';
import { checkPageContext, type PageContext, pageData } from './page-data.js';
import { PAGE_SCRIPT } from './page-script.js';
import { PAGE_STYLE } from './page-style.js';

const SCRIPT = `'use strict';\n{\n${PAGE_SCRIPT}${ACCESS_SCRIPT}}\n`;

/**
 * A report as one HTML page that needs nothing else: coverage by type and project, every finding
 * with its explanation and remedy, and who may do what to each resource.
 *
 * The page sends no request, and its content security policy allows none. Names from a registry are
 * data that its script shows as text.
 *
 * @throws TypeError if a member of the context is unknown
 * @returns pieces of HTML with a final line end
 */
export function htmlReport(report: AuditReport, context: PageContext): Iterable<string> {
  checkPageContext(context);
  return inPieces(partsOf(report, context));
}

function* partsOf(report: AuditReport, context: PageContext): Generator<string> {
  const policy = `default-src 'none'; script-src ${hashOf(SCRIPT)}; style-src ${hashOf(PAGE_STYLE)}; base-uri 'none'; form-action 'none'`;
  yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n';
  yield `<meta http-equiv="Content-Security-Policy" content="${policy}">\n`;
  yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n';
  yield '<meta name="color-scheme" content="light dark">\n<title>Audit of permissions</title>\n';
  yield `<style>${PAGE_STYLE}</style>\n</head>\n<body>\n${PAGE_BODY}`;
  yield '<script type="application/json" id="data">';
  yield* pageData(report, context);
  yield `</script>\n<script>${SCRIPT}</script>\n</body>\n</html>\n`;
}

/** The source expression of an inline script or style. */
function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
