/** `0.66 and 0.67`. */
export function listVersions(versions: readonly string[]): string {
  const last = versions.at(-1) ?? '';
  const others = versions.slice(0, -1).join(', ');
  return others === '' ? last : `${others} and ${last}`;
}
