import type { Incoming } from "../http/exchange.ts";
import type { Problem } from "../http/problem.ts";

/** Who may use the admin paths. */
export type Access =
  /** Whoever holds the token, from wherever. */
  | { readonly type: "token"; readonly token: string }
  /** Programs on this machine; browsers only from pages of ours. */
  | { readonly type: "loopback" };

/** @param token what the admin paths ask for; undefined where they answer this machine alone */
export function accessOf(token: string | undefined): Access {
  return token === undefined ? { type: "loopback" } : { type: "token", token };
}

/** What is asked for: what we know and do, or the page that asks for that in turn and knows nothing itself. */
export type Kind = "data" | "page";

const LOOPBACK_NAMES = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * Decides whether a request may use the admin paths.
 * @returns the problem to answer with, or undefined where it may
 */
export function refusal(incoming: Incoming, access: Access, kind: Kind = "data"): Problem | undefined {
  switch (access.type) {
    case "token":
      // Nothing could ask a person for the token otherwise.
      return kind === "page" || holdsToken(incoming.headers, access.token) ? undefined : UNAUTHORIZED;
    case "loopback":
      if (isForeignHost(incoming.url)) return FOREIGN_HOST;
      if (isForwarded(incoming.headers)) return FORWARDED;
      // A link to the page may stand anywhere.
      if (kind === "page" && isFollowedLink(incoming)) return undefined;
      return isCrossSite(incoming) ? CROSS_SITE : undefined;
  }
}

// Hashed first: equal lengths, and a time that says nothing of the token.
function holdsToken(headers: Headers, token: string): boolean {
  const given = /^Bearer +(.+)$/i.exec(headers.get("authorization") ?? "")?.[1] ?? "";
  return crypto.timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Buffer {
  return new Bun.CryptoHasher("sha256").update(text).digest();
}

/** A name that an attacker's DNS lets point here (DNS rebinding) is not one of the machine's own. */
function isForeignHost(url: URL): boolean {
  return !LOOPBACK_NAMES.has(url.hostname);
}

/** Another proxy on this machine hands on what came from elsewhere, often with our own address as Host. */
function isForwarded(headers: Headers): boolean {
  return headers.has("x-forwarded-for") || headers.has("forwarded") || headers.has("x-real-ip");
}

/** Another site's page makes a browser ask (CSRF): browsers say so in Sec-Fetch-Site, older ones in Origin. */
function isCrossSite({ headers, url }: Incoming): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null && site !== "same-origin" && site !== "none") return true;
  const origin = headers.get("origin");
  return origin !== null && origin !== url.origin;
}

/** A browser opens what was asked for in a window of its own, where no other page can read it. */
function isFollowedLink({ headers }: Incoming): boolean {
  return headers.get("sec-fetch-mode") === "navigate" && headers.get("sec-fetch-dest") === "document";
}

const UNAUTHORIZED: Problem = {
  status: 401,
  title: "Admin token needed",
  detail: "Send the token that the proxy was started with as `Authorization: Bearer <token>`.",
};

const FOREIGN_HOST: Problem = {
  status: 403,
  title: "Unknown host name",
  detail:
    "The admin paths answer to localhost, 127.0.0.1 and [::1] only; start the proxy with an admin token to use another name.",
};

const FORWARDED: Problem = {
  status: 403,
  title: "Forwarded request",
  detail:
    "The admin paths answer to programs on this machine, and this came through another proxy; start the proxy with an admin token to use them from elsewhere.",
};

const CROSS_SITE: Problem = {
  status: 403,
  title: "Cross-site request",
  detail: "The admin paths don't answer to pages of other sites.",
};
