/** A request as redirects change it. */
export type Hop = {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  /** `stream`: it can be sent once. */
  readonly body: Blob | ReadableStream<Uint8Array> | null;
};

/** What becomes of a request whose response is there (Fetch standard, HTTP-redirect fetch). */
export type Redirect =
  /** The response is the answer. */
  | { readonly type: "none" }
  | { readonly type: "follow"; readonly hop: Hop }
  /** No answer at all; why, in a sentence without a full stop. */
  | { readonly type: "failed"; readonly why: string };

const STATUS = new Set([301, 302, 303, 307, 308]);
const MOST = 20;
/** They say something of a body that is no longer there. */
const OF_BODIES = ["content-encoding", "content-language", "content-location", "content-type", "content-length"];
/** What proves who asks is for the origin that it was given for. */
const OF_ORIGINS = ["authorization", "proxy-authorization", "cookie", "host"];

/** Fetch standard: a redirect status, whether or not it says where to. */
export function isRedirect(status: number): boolean {
  return STATUS.has(status);
}

/**
 * Decides where a redirect leads.
 * @param location the response's Location field value or null
 * @param followed how many redirects were followed already
 */
export function redirect(asked: Hop, status: number, location: string | null, followed: number): Redirect {
  if (!isRedirect(status) || location === null) return { type: "none" };
  const from = new URL(asked.url);
  const to = URL.parse(location, from.href);
  if (to === null || !/^https?:$/.test(to.protocol)) {
    return { type: "failed", why: `it redirects to ${JSON.stringify(location)}, which is no http or https URL` };
  }
  if (followed === MOST) return { type: "failed", why: `it redirects more than ${MOST} times` };
  if (to.hash === "") to.hash = from.hash;
  // No client sends what a Location claims that it should log in with, and nothing that shows the URL should have it.
  to.username = "";
  to.password = "";
  const headers = new Headers(asked.headers);
  const isGet = asked.method === "GET" || asked.method === "HEAD";
  const turnsToGet = (status === 303 && !isGet) || ((status === 301 || status === 302) && asked.method === "POST");
  if (turnsToGet) for (const name of OF_BODIES) headers.delete(name);
  if (to.origin !== from.origin) for (const name of OF_ORIGINS) headers.delete(name);
  if (turnsToGet) return { type: "follow", hop: { method: "GET", url: to.href, headers, body: null } };
  if (status !== 303 && asked.body instanceof ReadableStream) {
    return { type: "failed", why: "it redirects, and a body that is a stream cannot be sent a second time" };
  }
  return { type: "follow", hop: { method: asked.method, url: to.href, headers, body: asked.body } };
}
