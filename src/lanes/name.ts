import { rememberedWith } from "../http/remembered.ts";

/** In which lane a request is, by what it says of itself. */
export type Named = { readonly type: "lane"; readonly name: string } | { readonly type: "bad"; readonly why: string };

/** The lane of requests that name none. */
export const DEFAULT_LANE = "";

/** The field by which a request says in which lane it is; the origin never sees it. */
export const LANE_FIELD = "x-lane";

const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;
/** A name in front of `localhost`, where every name leads to this machine (RFC 6761 §6.3). */
const HOST = /^([^.]+)\.localhost$/;

/** Whether a host is a site of its own, and names no lane though it looks like that. */
export type IsSite = (hostname: string) => boolean;

/** Reads the lane off a request: the field wins over the name by which the client asked. */
export function namedLane({ url, headers }: { readonly url: URL; readonly headers: Headers }, isSite: IsSite): Named {
  const said = headers.get(LANE_FIELD);
  return said === null ? laneOfHost(url, isSite) : said === "" ? DEFAULT : named(said, "X-Lane");
}

/** The lane that the name says by which a client asks. */
export function laneOfHost(url: URL, isSite: IsSite): Named {
  const named = laneInHost(url);
  return named === DEFAULT || !isSite(url.hostname) ? named : DEFAULT;
}

/** Whether a text may name a lane; the empty one names the default lane. */
export function isLaneName(text: string): boolean {
  return text === DEFAULT_LANE || NAME.test(text);
}

/** What is wrong with a text that names no lane, in a sentence. */
export function badName(text: string, where: string): string {
  return `${where} says ${JSON.stringify(text.slice(0, 80))}: the name of a lane has 1 to 63 of a-z, 0-9 and -, and begins with none of the last.`;
}

const DEFAULT: Named = { type: "lane", name: DEFAULT_LANE };

// The front gives the same object for the same URL.
const laneInHost = rememberedWith(({ hostname }: URL): Named => {
  const name = HOST.exec(hostname)?.[1];
  return name === undefined ? DEFAULT : named(name, "Host");
});

function named(name: string, where: string): Named {
  return NAME.test(name) ? { type: "lane", name } : { type: "bad", why: badName(name, where) };
}
