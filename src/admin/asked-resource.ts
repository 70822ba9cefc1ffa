import type { Incoming } from "../http/exchange.ts";
import type { Outcome } from "./admin.ts";
import { readJson, tooLarge } from "./json-body.ts";

/** What a body of `{"url": …, "headers": {…}}` names. */
export type AskedResource = {
  /** A path or a URL, of the proxy or of the origin. */
  readonly url: string;
  /** Fields to send for it. */
  readonly headers: Headers;
};

/** It is none of ours, or cannot be asked for; why, in a sentence without a full stop. */
export type Refused = { readonly type: "refused"; readonly why: string };

const SHAPE = 'e.g. {"url": "/products/1"}, with "headers": {"Accept-Language": "de"} where some are to be sent';
const TOKEN = /^[!#$%&'*+\-.^_`|~\w]+$/;
/** Those that belong to a connection or its message, and what would make another question of it. */
const NOT_TO_GIVE = new Set(
  [
    "connection",
    "content-length",
    "expect",
    "host",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
  ].concat(["if-unmodified-since", "keep-alive", "range", "te", "trailer", "transfer-encoding", "upgrade", "via"]),
);

/** Reads what a request names, strictly. @param title of the problem where it cannot be read */
export async function readResource({ request }: Incoming, title: string): Promise<AskedResource | Outcome> {
  const body = await readJson(request);
  if (body.type === "too-large") return tooLarge(title);
  const bad = (detail: string): Outcome => ({ type: "problem", problem: { status: 400, title, detail } });
  if (body.type === "none") return bad(`The body is no JSON object, ${SHAPE}.`);
  const { members } = body;
  const unknown = [...members.keys()].find((name) => name !== "url" && name !== "headers");
  if (unknown !== undefined) return bad(`There is no "${unknown}", ${SHAPE}.`);
  const url = members.get("url");
  if (typeof url !== "string" || url.trim() === "") return bad(`"url" is a URL or a path, ${SHAPE}.`);
  const headers = new Headers();
  for (const [name, value] of fieldsIn(members.get("headers"))) {
    if (!TOKEN.test(name)) return bad(`"${name}" is no name of a field, ${SHAPE}.`);
    if (typeof value !== "string" || /[^\t\x20-\x7e\x80-\xff]/.test(value)) {
      return bad(`The field ${name} is no text that a field may hold, ${SHAPE}.`);
    }
    if (NOT_TO_GIVE.has(name.toLowerCase())) return bad(`The field ${name} cannot be chosen here.`);
    headers.append(name, value);
  }
  return { url, headers };
}

function fieldsIn(value: unknown): readonly (readonly [name: string, value: unknown])[] {
  if (value === undefined) return [];
  // What is no object has no name that a field could have.
  return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : [["", value]];
}
