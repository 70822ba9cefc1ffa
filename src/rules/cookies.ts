import type { Effect } from "./effect.ts";
import { onFields } from "./effect.ts";
import type { Cookies } from "./rule.ts";

/** Has cookies fit the proxy's name and scheme. */
export const fittingCookies: Effect = (matched) => {
  const cookies = matched.first("cookies")?.value;
  if (cookies === undefined) return undefined;
  return onFields((headers) => {
    const set = headers.getSetCookie();
    headers.delete("set-cookie");
    for (const cookie of set) headers.append("set-cookie", fitted(cookie, cookies));
  });
};

/** A cookie with other attributes (RFC 6265 §4.1); its name and value stay. */
export function fitted(cookie: string, { domain, secure }: Cookies): string {
  const [pair = "", ...attributes] = cookie.split(";").map((part) => part.trim());
  const named = (attribute: string, name: string): boolean => attribute.split("=", 1)[0]?.trim().toLowerCase() === name;
  const kept = attributes.flatMap((attribute) => {
    if (domain !== undefined && named(attribute, "domain")) return domain === null ? [] : [`Domain=${domain}`];
    if (secure !== undefined && named(attribute, "secure")) return [];
    // Browsers refuse SameSite=None without Secure.
    if (secure === false && /^samesite\s*=\s*none$/i.test(attribute)) return ["SameSite=Lax"];
    return [attribute];
  });
  return [pair, ...kept, ...(secure === true ? ["Secure"] : [])].join("; ");
}
