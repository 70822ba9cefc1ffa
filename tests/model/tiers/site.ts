/** What lies under a path of the origin, and what clients send for it. */
export type Page = {
  readonly size: number;
  readonly fields: Readonly<Record<string, string>>;
  /** By what of the request its content differs: all of it is written into each line. */
  readonly by?: "x-lang" | "authorization";
  /** Stays the same until it is changed, and is validated by its ETag; else each answer is a new one. */
  readonly lasts?: true;
};

const FRESH = "max-age=600";

/** Each kind of response that may lie in a tier, and one that must not. */
export const PAGES: Readonly<Record<string, Page>> = {
  "/small": { size: 40, fields: { "cache-control": FRESH, "cache-tag": "odd" } },
  "/aged": { size: 40, fields: { "cache-control": FRESH, age: "50", "cache-groups": '"even"' } },
  "/variants": { size: 300, by: "x-lang", fields: { "cache-control": FRESH, vary: "x-lang", "surrogate-key": "odd" } },
  // In a file of the disk tier, and in one that is not taken up into memory.
  "/large": { size: 90_000, fields: { "cache-control": FRESH, "cache-tag": "even" } },
  "/larger": { size: 300_000, fields: { "cache-control": FRESH, "cache-tag": "odd" } },
  "/queried": { size: 40, fields: { "cache-control": FRESH, "no-vary-search": 'params=("utm")', "cache-tag": "even" } },
  "/lasting": { size: 5000, lasts: true, fields: { "cache-control": FRESH } },
  "/own": { size: 40, by: "authorization", fields: { "cache-control": FRESH } },
};

export const PATHS = Object.keys(PAGES);

/** The content of a page: whose it is and which one stands in each line. */
export function contentOf(path: string, of: string, number: number): string {
  const line = `${path} ${of} ${number}\n`;
  return line.repeat(Math.ceil((PAGES[path]?.size ?? 0) / line.length));
}

/** An origin that numbers its answers. */
export type Site = {
  readonly url: string;
  /** The number of the last answer: every later one has a higher one. */
  readonly last: () => number;
};

/** Of all sites, since one may come to have the port of another one, and so what that left behind. */
let last = 0;

/** @param stack ends it */
export function startSite(stack: AsyncDisposableStack): Site {
  const lasting = new Map<string, number>();
  const server = Bun.serve({
    ...{ port: 0, hostname: "127.0.0.1" },
    async fetch(request) {
      const { pathname } = new URL(request.url);
      const page = PAGES[pathname];
      if (page === undefined) return new Response(null, { status: 404 });
      if (request.method === "DELETE") {
        lasting.set(pathname, ++last);
        return new Response(null, { status: 204 });
      }
      const number = page.lasts ? (lasting.get(pathname) ?? 0) : ++last;
      const etag: Record<string, string> = page.lasts ? { etag: `"${number}"` } : {};
      const fields = { ...page.fields, ...etag, "x-number": `${number}` };
      // Some answers overtake others.
      if (number % 2 === 0) await Bun.sleep(number % 13);
      if (request.headers.get("if-none-match") === etag.etag && page.lasts) {
        return new Response(null, { status: 304, headers: fields });
      }
      const of = page.by === undefined ? "all" : (request.headers.get(page.by) ?? "none");
      const asked = request.method === "QUERY" ? await request.text() : of;
      return new Response(request.method === "HEAD" ? null : contentOf(pathname, asked, number), { headers: fields });
    },
  });
  stack.defer(() => server.stop(true));
  return { url: server.url.origin, last: () => last };
}
