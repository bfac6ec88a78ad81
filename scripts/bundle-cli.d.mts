export function bundleCli(target: string): Promise<readonly string[]>;
