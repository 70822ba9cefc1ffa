/**
 * A small API to put the proxy in front of: `bun examples/origin.ts [PORT] [MS]` listens on http://localhost:8080 and takes 120 ms for each answer.
 * It counts how often it was really asked, which is what a cache is to keep low; its paths show what caches go by.
 */
let asked = 0;
/** When it was asked for /limited, in ms since the epoch. */
const uses: number[] = [];
let worked = false;

type Answer = (request: Request) => Response | Promise<Response>;

/** Each with the fields that a cache goes by. */
const paths: Readonly<Record<string, Answer>> = {
  "/plain": () => json({ asked }),
  "/always": (request) => validated(request, '"v1"', "no-cache"),
  "/private": () => json({ hello: "you", asked }, { "cache-control": "private, max-age=60" }),
  "/secret": () => json({ asked }, { "cache-control": "no-store" }),
  "/login": () => json({ asked }, { "set-cookie": "session=1; HttpOnly" }),
  "/hello": (request) => {
    const isGerman = request.headers.get("accept-language")?.startsWith("de");
    return json(
      { hello: isGerman ? "Hallo" : "Hello", asked },
      { "cache-control": "max-age=60", vary: "Accept-Language" },
    );
  },
  "/shaky": () => {
    if (worked) return json({ error: "out of order" }, {}, 503);
    worked = true;
    return json({ asked }, { "cache-control": "max-age=60, stale-if-error=600" });
  },
  "/limited": () => limited(3, 600_000),
  "/graphql": async (request) => {
    const text = await request.text();
    const { variables }: { variables?: unknown } = JSON.parse(text);
    return json(text.includes("mutation") ? { data: { saved: true } } : { data: { product: variables, asked } });
  },
};

const server = Bun.serve({
  port: Number(process.argv[2] ?? 8080),
  async fetch(request) {
    asked++;
    const { pathname } = new URL(request.url);
    // As slow as an API far away.
    await Bun.sleep(Number(process.argv[3] ?? 120));
    const answer = paths[pathname];
    if (answer !== undefined) return answer(request);
    if (request.method !== "GET" && request.method !== "HEAD") return json({ saved: true, asked });
    const id = Number(/^\/products\/(\d+)$/.exec(pathname)?.[1]);
    if (Number.isNaN(id)) return json({ error: "no such thing" }, {}, 404);
    const headers = { "cache-control": "max-age=60", "cache-tag": `products, product-${id}` };
    return json({ id, title: `Product ${id}`, asked }, headers);
  },
});
console.log(`origin on ${server.url}`);

function json(content: unknown, headers: Readonly<Record<string, string>> = {}, status = 200): Response {
  return Response.json(content, { status, headers });
}

/** 304 where the client has this version already. */
function validated(request: Request, etag: string, control: string): Response {
  const headers = { etag, "cache-control": control };
  return request.headers.get("if-none-match") === etag
    ? new Response(null, { status: 304, headers })
    : json({ version: 1, asked }, headers);
}

/** As APIs with a quota do: so many answers in so many ms, and then a 429 that says when to come back. */
function limited(most: number, window: number): Response {
  const now = Date.now();
  const begin = uses.find((at) => now - at < window) ?? now;
  if (uses.length > 0 && now - (uses[0] ?? 0) >= window) uses.length = 0;
  const resets = Math.ceil((begin + window - now) / 1000);
  if (uses.length >= most) return json({ error: "too many requests" }, { "retry-after": String(resets) }, 429);
  uses.push(now);
  return json(
    { asked },
    {
      "x-ratelimit-limit": String(most),
      "x-ratelimit-remaining": String(most - uses.length),
      "x-ratelimit-reset": String(resets),
      "cache-control": "max-age=60",
    },
  );
}
