import { rememberedTexts } from "./remembered.ts";

/** Fields that some frameworks take for the URL, which is neither what we were asked for nor part of the key. */
export const URL_OVERRIDES = ["x-original-url", "x-original-uri", "x-rewrite-url"];

/** Fields that some frameworks take for the method. */
export const METHOD_OVERRIDES = ["x-http-method-override", "x-http-method", "x-method-override"];

/** What a balancer says of who asks: no answer that others may have is to depend on that. */
const OF_WHO = [
  "x-forwarded-for",
  "x-real-ip",
  "x-client-ip",
  "x-cluster-client-ip",
  "true-client-ip",
  "cf-connecting-ip",
];

/** What it says of the place that was asked, besides X-Forwarded-Host and -Proto, which are written anew. */
const OF_PLACE = [
  "forwarded",
  "x-forwarded",
  "x-forwarded-port",
  "x-forwarded-scheme",
  "x-forwarded-ssl",
  "x-forwarded-prefix",
  "x-forwarded-path",
  "x-forwarded-uri",
  "x-forwarded-server",
  "x-original-host",
  "x-host",
  "x-http-host-override",
  "x-url-scheme",
  "front-end-https",
];

/** Fields by which a client could pass for a balancer; those that are not set anew are removed. */
export const CLAIMS = [...OF_WHO, ...OF_PLACE, "x-forwarded-host", "x-forwarded-proto"];

/** Whether what a client says in a field is not told to the origin as it stands. */
export function isClaim(name: string): boolean {
  return KNOWN.has(name);
}

const KNOWN = new Set([...CLAIMS, ...URL_OVERRIDES, ...METHOD_OVERRIDES]);

/**
 * What a trusted balancer says of the place that was asked, as a short name for it: the origin is told, may print it, and many balancers
 * let through what clients say there. Undefined where it says no more than the scheme and authority do.
 * @param origin scheme and authority by which the client asks
 */
export function placeClaimed(headers: Headers, origin: string): string | undefined {
  let said = "";
  for (const name of OF_PLACE) {
    const value = headers.get(name);
    if (value !== null && !isPlain(name, value, origin))
      said += `${name}: ${name === "forwarded" ? placeIn(value) : value}\n`;
  }
  return said === "" ? undefined : named(said);
}

const named = rememberedTexts(
  1000,
  (said) => `claims-${new Bun.CryptoHasher("sha256").update(said).digest("hex").slice(0, 32)}`,
);

/** Whether a field repeats what the scheme and authority say. */
function isPlain(name: string, value: string, origin: string): boolean {
  const isSecure = origin.startsWith("https:");
  switch (name) {
    case "x-forwarded-port":
      return value === (/:(\d+)$/.exec(origin)?.[1] ?? (isSecure ? "443" : "80"));
    case "x-forwarded-scheme":
    case "x-url-scheme":
      return value === (isSecure ? "https" : "http");
    case "x-forwarded-ssl":
    case "front-end-https":
      return value === (isSecure ? "on" : "off");
    case "forwarded":
      return !/[^;,\s]/.test(placeIn(value));
    default:
      return value === "";
  }
}

/** Forwarded (RFC 7239) without who asks and by whose hands. */
function placeIn(forwarded: string): string {
  return forwarded.replaceAll(PAIR, (pair, name: string) => (/^(?:for|by)$/i.test(name) ? "" : pair));
}

// Bounded, so that no value takes more than a time in proportion to its length.
const PAIR = /([^\s=;,"]{1,32})=("(?:[^"\\]|\\.)*"|[^\s;,"]*)/g;
