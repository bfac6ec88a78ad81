/**
 * A name as one segment of a path.
 *
 * @throws TypeError when it is empty, leads elsewhere, or holds half of a surrogate pair
 */
export function segment(what: string, name: string): string {
  const isName = typeof name === 'string' && name !== '' && name !== '.' && name !== '..';
  if (isName && Buffer.from(name, 'utf8').toString('utf8') === name)
    return encodeURIComponent(name);
  throw new TypeError(`${what} must be a name that can stand in a path`);
}
