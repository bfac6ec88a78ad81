/** The heading, the errors, `…` and the summary of the text that an audit prints. */
export declare function shortenAudit(text: string): string;
