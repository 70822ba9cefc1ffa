import { isToken, splitList } from "../http/list.ts";

/** Whether a request asks to become a WebSocket (RFC 6455 §4.2.1); an Upgrade that does not is ignored, as RFC 9110 §7.8 allows. */
export function wantsWebSocket({ method, headers }: Request): boolean {
  const upgrade = headers.get("upgrade");
  if (upgrade === null || method !== "GET") return false;
  return (
    names(upgrade, "websocket") &&
    names(headers.get("connection") ?? "", "upgrade") &&
    headers.has("sec-websocket-key") &&
    headers.get("sec-websocket-version") === "13"
  );
}

function names(list: string, option: string): boolean {
  return splitList(list).some((member) => member.toLowerCase() === option);
}

/** The subprotocols that a client offers, in its order; undefined where they are none, or one comes twice (RFC 6455 §4.1). */
export function subprotocols(headers: Headers): string[] | undefined {
  const offered = splitList(headers.get("sec-websocket-protocol") ?? "");
  return offered.every(isToken) && new Set(offered).size === offered.length ? offered : undefined;
}

/** Fields of the handshake itself, which each half of a bridge has of its own. */
export const HANDSHAKE_FIELDS = [
  "sec-websocket-accept",
  "sec-websocket-extensions",
  "sec-websocket-key",
  "sec-websocket-protocol",
  "sec-websocket-version",
];
