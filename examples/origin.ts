/**
 * A small API to put the proxy in front of: `bun examples/origin.ts` listens on http://localhost:8080.
 * It counts how often it was really asked, which is what a cache is to keep low.
 */
let asked = 0;

const server = Bun.serve({
  port: Number(process.argv[2] ?? 8080),
  async fetch(request) {
    asked++;
    const { pathname } = new URL(request.url);
    // As slow as an API far away.
    await Bun.sleep(120);
    if (request.method !== "GET" && request.method !== "HEAD") return Response.json({ saved: true, asked });
    const id = Number(/^\/products\/(\d+)$/.exec(pathname)?.[1]);
    if (Number.isNaN(id)) return Response.json({ error: "no such thing" }, { status: 404 });
    const headers = { "cache-control": "max-age=60", "cache-tag": `products, product-${id}` };
    return Response.json({ id, title: `Product ${id}`, asked }, { headers });
  },
});
console.log(`origin on ${server.url}`);
