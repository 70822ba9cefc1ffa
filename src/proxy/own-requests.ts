import { isPersonalField } from "../caching/personal.ts";
import type { Policy } from "../caching/policy.ts";
import { METHOD_OVERRIDES, URL_OVERRIDES } from "../http/claims.ts";
import type { Detail } from "../http/detail.ts";
import type { Incoming } from "../http/exchange.ts";
import { REMEMBERED_URLS, rememberedTexts } from "../http/remembered.ts";
import type { Guidance } from "./amend.ts";

/** What a program wants of the cache for one of its own requests, besides what the fields say. */
export type CacheWish =
  /** What the fields say. */
  | "as-said"
  /** Nothing is looked up or kept. */
  | "past"
  /** The origin is asked as if nothing were stored. */
  | "anew";

/** A request that a program makes on its own behalf, to any origin. */
export type OwnRequest = {
  /** Of http or https, without credentials in the URL. */
  readonly request: Request;
  /** The request's content where it is there in one piece. */
  readonly content?: Blob;
  readonly wish: CacheWish;
};

/** The way of a program's own requests through the cache. */
export type OwnRequests = {
  /** As the cache is given it. */
  readonly incoming: (own: OwnRequest) => Incoming;
  readonly guidance: Guidance;
};

/** What is set for whoever stands in front of others, which a program of its own does not. */
const OF_PROXIES = ["via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "user-agent"];
/** What makes a request another one than its URL and method say. */
const OVERRIDES = [...URL_OVERRIDES, ...METHOD_OVERRIDES];
/** What the cache makes a request conditional with. */
const CONDITIONS = ["if-none-match", "if-modified-since", "if-range", "range"];

/** What is known of a request that is on its way. */
type Known = { readonly fields: Headers; readonly wish: CacheWish; readonly apart: string | undefined };

/**
 * Has the cache take a program's own requests: each to the origin that its URL names, with the fields that the program gave it. In a cache
 * of one user's what a request says of its sender is kept from the cache, and responses lie apart by it: what one identity was given is
 * nobody else's, should there be several after all.
 */
export function ownRequests(kind: Policy["kind"]): OwnRequests {
  const known = new WeakMap<Request, Known>();
  const originOf = rememberedTexts(REMEMBERED_URLS, (origin) => new URL(origin));
  const urlOf = rememberedTexts(REMEMBERED_URLS, (url) => new URL(url));

  return {
    incoming({ request, content, wish }) {
      const fields = request.headers;
      const identity = kind === "private" ? identityOf(fields) : undefined;
      known.set(request, { fields, wish, apart: identity?.name });
      const headers = identity?.others ?? fields;
      return { request, url: urlOf(request.url), headers, client: () => "", ...(content && { content }) };
    },
    guidance: {
      originOf: ({ url }) => originOf(url.origin),
      isOrdered: () => false,
      apart: ({ request }) => known.get(request)?.apart,
      prepare: (incoming) => incoming,
      isPassed: (incoming) => passedAs(incoming) !== undefined,
      passedAs,
      contentReading: () => undefined,
      asksByContent: () => false,
      set(incoming, headers) {
        const of = known.get(incoming.request);
        if (of === undefined) return;
        const { fields, wish } = of;
        for (const name of OF_PROXIES) put(headers, name, fields.get(name));
        for (const name of ["host", ...OVERRIDES]) if (fields.has(name)) put(headers, name, fields.get(name));
        if (wish === "anew") for (const name of CONDITIONS) put(headers, name, fields.get(name));
        if (kind === "private") for (const [name, value] of identityOf(fields).said) headers.set(name, value);
      },
      read: (_, received) => received,
    },
  };

  function passedAs({ request, url }: Incoming): Detail | undefined {
    const of = known.get(request);
    if (of === undefined) return undefined;
    if (of.wish === "past") return "request-no-store";
    const host = of.fields.get("host");
    const isElsewhere = host !== null && host.toLowerCase() !== url.host;
    return isElsewhere || OVERRIDES.some((name) => of.fields.has(name)) ? "ambiguous-url" : undefined;
  }
}

/** What a request says of its sender, the others of its fields, and a name for the former. */
function identityOf(fields: Headers) {
  const said = [...fields].filter(([name]) => isPersonalField(name));
  const others = new Headers([...fields].filter(([name]) => !isPersonalField(name)));
  const digest = new Bun.CryptoHasher("sha256").update(JSON.stringify(said)).digest("hex");
  return { said, others, name: `own-${digest.slice(0, 32)}` };
}

function put(headers: Headers, name: string, value: string | null): void {
  if (value === null) headers.delete(name);
  else headers.set(name, value);
}
