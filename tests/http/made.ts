import type { ResponseParts } from "../../src/http/exchange.ts";

/** The response that the front would make, but for what it mends. */
export function made({ status, headers, body }: ResponseParts): Response {
  return new Response(body, { status, headers });
}
