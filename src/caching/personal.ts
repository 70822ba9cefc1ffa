import { HIDDEN } from "../http/masked.ts";
import { rememberedTexts } from "../http/remembered.ts";

/**
 * Field names that carry a credential in all but name: `X-Api-Key`, `Private-Token`, `X-Session-Id`, `X-Remote-User` …
 * It is the last word that tells: `npm-session` and `npm-auth-type`, say, name a run of a program.
 */
const CREDENTIAL =
  /(?:^|[-_])(?:api_?key|assertion|auth|authorization|cookie|credentials?|dpop|email|jwt|key|passw(?:or)?d|secret|signature|token|user(?:[-_]?id)?)$|^(?:x-)?session(?:[-_]?id)?$/;

/** Field names that say who somebody is without being anything to hide: as whom a proxy in front has known him, for which account he asks. */
const IDENTITY =
  /(?:^|[-_])(?:account(?:[-_]?id)?|client-cert|identity|login|oidc-data|principal(?:-id|-name)?|tenant(?:[-_]?id)?|user-?name)$/;

/**
 * Whether a request says who sends it: by Authorization, by Cookie, or by a field that APIs use for keys and tokens.
 * RFC 9111 §3.5 knows the first only; the others keep what nobody said may be shared from being guessed fresh.
 */
export function isPersonal(request: Headers): boolean {
  for (const name of request.keys()) if (verdictOn(name) === "personal") return true;
  return false;
}

/** The same of one field; `name` in lower case. */
export function isPersonalField(name: string): boolean {
  return CREDENTIAL.test(name) || IDENTITY.test(name);
}

/** Clients send few names, and the same ones each time. */
const verdictOn = rememberedTexts(512, (name) => (isPersonalField(name) ? "personal" : "common"));

/** A field's value as it may be shown to whoever looks. */
export function shownValue(name: string, value: string): string {
  return isCredential(name) ? HIDDEN : value;
}

/** Whether a field, by its name, says who somebody is or proves it. */
export function isCredential(name: string): boolean {
  return CREDENTIAL.test(name.toLowerCase());
}
