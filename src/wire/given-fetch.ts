/** A function with the signature of `fetch`, as it is called here: one exchange, without following redirects. */
export type Call = (url: string, init: RequestInit) => Promise<Response>;

/** A `fetch` that somebody gave us. */
export type GivenFetch = {
  readonly call: Call;
  /** `decoded`: the content codings are taken off, as the Fetch standard has it, though the fields still name them. */
  readonly bodies: "as-sent" | "decoded";
};

/** Takes Bun's own apart from any other: of it alone it is known how to have the bodies as they are sent. */
export function givenFetch(call: Call): GivenFetch {
  if (!isBuns(call)) return { call, bodies: "decoded" };
  const raw: Call = (url, init) => {
    const asked = { ...init, decompress: false };
    return call(url, asked);
  };
  return { call: raw, bodies: "as-sent" };
}

/** What a test has put in its place is native too, and tells what it was called with. */
function isBuns(call: Call): boolean {
  return call.name === "fetch" && !("mock" in call) && /\{\s*\[native code\]\s*\}$/.test(String(call));
}

/**
 * Has the fields say no more than is true of a body without its content codings. Its entity tag was for the bytes with them: what is
 * left proves no more than that it means the same (RFC 9110 §8.8.1), so that no parts are joined by it.
 */
export function undoCoding(headers: Headers): void {
  const codings = headers.get("content-encoding");
  if (codings === null || codings.trim().toLowerCase() === "identity") return;
  headers.delete("content-encoding");
  headers.delete("content-length");
  const etag = headers.get("etag");
  if (etag?.startsWith('"')) headers.set("etag", `W/${etag}`);
}
