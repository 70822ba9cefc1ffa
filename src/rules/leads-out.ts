/**
 * Whether an origin that decodes a path before it resolves dot segments finds another resource by it than the one that it looks like:
 * `/static/..%2faccount`, `/static/..;/account`. What a rule says of a folder it does not say of that.
 * @param pathname as `URL` has it: plain dot segments are resolved
 */
export function leadsOut(pathname: string): boolean {
  let path = pathname;
  for (let times = 0; times < MOST_TIMES && path.includes("%"); times++)
    path = path.replaceAll(ESCAPED, decodeURIComponent);
  return CLIMBS.test(path);
}

/** Some servers decode twice, once in front and once in the application. */
const MOST_TIMES = 3;
/** Of `%`, `.`, `/`, `\`, `;`, `?`, `#` and NUL. */
const ESCAPED = /%(?:25|2e|2f|5c|3b|3f|23|00)/gi;
const CLIMBS = /[/\\]\.\.(?:[/\\;?#\0]|$)/;
