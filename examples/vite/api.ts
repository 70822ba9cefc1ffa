/** An API as slow as one far away: `bun run api` listens on http://localhost:8080, or at the port in API_PORT. */
let asked = 0;

const server = Bun.serve({
  port: Number(process.env.API_PORT ?? 8080),
  async fetch(request) {
    asked++;
    await Bun.sleep(300);
    if (new URL(request.url).pathname !== "/api/products") return new Response("no such thing", { status: 404 });
    const products = [
      { id: 1, title: "Mascara", price: 9.99 },
      { id: 2, title: "Perfume", price: 79.99 },
    ];
    return Response.json(products, { headers: { "cache-control": "max-age=60", "x-asked": String(asked) } });
  },
});
console.log(`api on ${server.url}`);
