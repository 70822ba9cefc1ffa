import { covering, type Extent } from "../caching/purge.ts";
import type { News } from "./message.ts";

/** What each kind of news has to have besides its type, so that it can be acted on. */
const COMPLETE: { readonly [Type in News["type"]]: (news: object) => boolean } = {
  invalidate: (news) => isUrl(Reflect.get(news, "url")),
  "invalidate-group": (news) => isText(Reflect.get(news, "group")),
  delete: (news) => isUrl(Reflect.get(news, "url")) && isText(Reflect.get(news, "key")),
  clear: () => true,
  purge: (news) => {
    const purge: unknown = Reflect.get(news, "purge");
    return isObject(purge) && isHow(Reflect.get(purge, "how")) && isExtent(Reflect.get(purge, "what"));
  },
  "purge-url": (news) => isUrl(Reflect.get(news, "url")) && isHow(Reflect.get(news, "how")),
};

/** The same for what a purge is about. */
const EXTENTS: { readonly [Type in Extent["type"]]: (extent: object) => boolean } = {
  key: (extent) => isText(Reflect.get(extent, "key")),
  group: (extent) => isText(Reflect.get(extent, "group")),
  prefix: (extent) => isText(Reflect.get(extent, "prefix")),
  pattern: (extent) => isText(Reflect.get(extent, "prefix")) && isPattern(Reflect.get(extent, "pattern")),
  everything: () => true,
};

/** Reads news that come from outside this program; undefined where they are none, or of a kind that this version does not know. */
export function readNews(text: string): News | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isNews(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isNews(value: unknown): value is News {
  if (!isObject(value)) return false;
  const type: unknown = Reflect.get(value, "type");
  return isOneOf(COMPLETE, type) && COMPLETE[type](value);
}

function isExtent(value: unknown): value is Extent {
  if (!isObject(value)) return false;
  const type: unknown = Reflect.get(value, "type");
  return isOneOf(EXTENTS, type) && EXTENTS[type](value);
}

function isOneOf<Kind extends string>(kinds: Readonly<Record<Kind, unknown>>, type: unknown): type is Kind {
  return typeof type === "string" && Object.hasOwn(kinds, type);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function isUrl(value: unknown): boolean {
  return isText(value) && URL.canParse(value);
}

function isHow(value: unknown): boolean {
  return value === "hard" || value === "soft";
}

/** Whether it can be read, and holds no regular expression, which could hang: each begins with a parenthesis. */
function isPattern(value: unknown): boolean {
  if (!isText(value) || /(?<!\\)\(/.test(value)) return false;
  // Who cannot read it throws.
  covering({ type: "pattern", pattern: value, prefix: value });
  return true;
}
