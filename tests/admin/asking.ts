import type { Incoming } from "../../src/http/exchange.ts";

/** A request to our own paths, as the front would give it. */
export function asking(url: string, method = "GET", headers: Readonly<Record<string, string>> = {}): Incoming {
  const request = new Request(url, { method, headers });
  return { request, url: new URL(url), headers: new Headers(headers), client: () => "127.0.0.1" };
}
