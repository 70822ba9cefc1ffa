/** Field names that carry a credential in all but name: `X-Api-Key`, `Private-Token`, `X-Session-Id`, `X-Auth-User` … */
const CREDENTIAL =
  /(?:^|-)(?:api-?key|auth(?:orization)?|credentials?|passw(?:or)?d|secret|session|signature|token)(?:-|$)/;

/**
 * Whether a request says who sends it: by Authorization, by Cookie, or by a field that APIs use for keys and tokens.
 * RFC 9111 §3.5 knows the first only; the others keep what nobody said may be shared from being guessed fresh.
 */
export function isPersonal(request: Headers): boolean {
  for (const name of request.keys()) if (name === "cookie" || CREDENTIAL.test(name)) return true;
  return false;
}
