import { isCredential } from "../caching/personal.ts";

/**
 * Whom the origin counts a request for: who proves by a field who he is, else whoever has the address that it is told. Cookies don't
 * tell: they change too often.
 * @param headers the fields as they go to the origin
 * @returns a digest, so that no secret is kept
 */
export function clientOf(headers: Headers): string {
  const told = [...headers].filter(([name]) => name !== "cookie" && isCredential(name));
  const who = told.length > 0 ? told : [["address", headers.get("x-forwarded-for") ?? ""]];
  return new Bun.CryptoHasher("sha256").update(JSON.stringify(who)).digest("base64");
}
