/** The version of this package; a test compares it with `package.json`. */
const VERSION = '0.1.0';

/**
 * Who asks, as a workspace counts requests by it.
 *
 * @source Databricks, "Use the User-Agent": `product/version`
 */
export const USER_AGENT: string = `feast-permissions/${VERSION}`;
