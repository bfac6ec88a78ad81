/**
 * Shortens the text of an audit for a document: the heading, the errors, `…` and the summary.
 *
 * @param {string} text what `feast-permissions audit` prints
 * @returns {string} the shortened text, with a line end
 */
export function shortenAudit(text) {
  const paragraphs = text.trimEnd().split('\n\n');
  const errors = paragraphs.filter((paragraph) => paragraph.startsWith('error '));
  return `${[paragraphs[0], ...errors, '…', paragraphs.at(-1)].join('\n\n')}\n`;
}
