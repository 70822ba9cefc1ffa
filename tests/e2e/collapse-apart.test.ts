import { describe, expect, test } from "bun:test";
import { cleanup } from "./cleanup.ts";
import { origin, type StubOrigin } from "./origin.ts";
import { ask, cacheStatus, outcome, type RunningProxy, startProxy } from "./proxy.ts";

const shared = cleanup();

/** A proxy before an origin that holds each of its answers until it is let go. */
async function held(answer: (request: Request, count: number) => Response) {
  const gates: PromiseWithResolvers<void>[] = [];
  const stub = origin(shared, async (request, count) => {
    const gate = Promise.withResolvers<void>();
    gates.push(gate);
    await gate.promise;
    return answer(request, count);
  });
  const proxy = await startProxy(shared, stub.url);
  return { proxy, stub, letGo: (nth: number) => gates[nth - 1]?.resolve() };
}

/** Waits until the origin was asked so many times, and what came meanwhile was taken in. */
async function seen({ proxy, stub }: { proxy: RunningProxy; stub: StubOrigin }, times: number): Promise<void> {
  while (stub.seen.length < times) await ask(proxy, "/health");
  await ask(proxy, "/health");
}

const encodings = (count: number): string[] => Array.from({ length: count }, (_, i) => (i % 2 === 0 ? "gzip" : "br"));
const accepting = (encoding: string): RequestInit => ({ headers: { "accept-encoding": encoding } });
const byEncoding = (request: Request, age = "0"): Response =>
  new Response(request.headers.get("accept-encoding"), {
    headers: { "cache-control": "max-age=60", vary: "Accept-Encoding", age },
  });

describe("who asks for another variant", () => {
  test("RFC 9111 §4.1: where Vary was not known before, each variant is fetched once", async () => {
    const site = await held((request) => byEncoding(request));
    const wanted = encodings(20);
    const first = ask(site.proxy, "/x", accepting("gzip"));
    await seen(site, 1);
    const others = wanted.slice(1).map((encoding) => ask(site.proxy, "/x", accepting(encoding)));
    await ask(site.proxy, "/health");
    site.letGo(1);
    await seen(site, 2);
    site.letGo(2);
    const responses = await Promise.all([first, ...others]);
    expect(await Promise.all(responses.map((response) => response.text()))).toEqual(wanted);
    expect(site.stub.seen).toHaveLength(2);
    expect(responses.map(cacheStatus).filter((status) => status.includes("; collapsed"))).toHaveLength(18);
  });

  test("RFC 9111 §4.1: where it was, none waits for another variant", async () => {
    // The first is stale when it comes, which tells Vary and answers nothing.
    const site = await held((request, count) => byEncoding(request, count === 1 ? "100" : "0"));
    const known = ask(site.proxy, "/x", accepting("zstd"));
    await seen(site, 1);
    site.letGo(1);
    await known;
    const gzip = ask(site.proxy, "/x", accepting("gzip"));
    await seen(site, 2);
    const br = Array.from({ length: 5 }, () => ask(site.proxy, "/x", accepting("br")));
    await seen(site, 3);
    site.letGo(3);
    const texts = (await Promise.all(br)).map((response) => response.text());
    expect(await Promise.all(texts)).toEqual(["br", "br", "br", "br", "br"]);
    site.letGo(2);
    expect(await (await gzip).text()).toBe("gzip");
    expect(site.stub.seen).toHaveLength(3);
  });
});

describe("what has changed while an answer was on its way", () => {
  test("RFC 9111 §4.4: those who ask after it meet anew, those who had waited with them", async () => {
    let version = 1;
    const site = await held(
      (request) =>
        new Response(request.method === "POST" ? null : `v${version}`, { headers: { "cache-control": "max-age=60" } }),
    );
    const [first, second] = [ask(site.proxy, "/x"), ask(site.proxy, "/x")];
    await seen(site, 1);
    const change = ask(site.proxy, "/x", { method: "POST" });
    await seen(site, 2);
    site.letGo(2);
    await change;
    const later = Array.from({ length: 4 }, () => ask(site.proxy, "/x"));
    await seen(site, 3);
    site.letGo(1);
    await first;
    version = 2;
    site.letGo(3);
    const texts = await Promise.all((await Promise.all([second, ...later])).map((response) => response.text()));
    expect(texts).toEqual(["v2", "v2", "v2", "v2", "v2"]);
    expect(site.stub.seen).toHaveLength(3);
  });

  test("while the old body is still arriving the new one is asked for once", async () => {
    const rest = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const stub = origin(shared, async (_, count) => {
      const headers = { "cache-control": "max-age=60" };
      if (count > 1) {
        await gate.promise;
        return new Response("new", { headers });
      }
      const parts = ["o", "ld"];
      const body = new ReadableStream<Uint8Array>({
        async pull(controller) {
          if (parts.length === 1) await rest.promise;
          const part = parts.shift();
          if (part === undefined) controller.close();
          else controller.enqueue(new TextEncoder().encode(part));
        },
      });
      return new Response(body, { headers });
    });
    const proxy = await startProxy(shared, stub.url);
    const before = await ask(proxy, "/x");
    await ask(proxy, "/__admin/clear-cache", { method: "POST" });
    const after = Array.from({ length: 5 }, () => ask(proxy, "/x"));
    await seen({ proxy, stub }, 2);
    gate.resolve();
    const texts = (await Promise.all(after)).map((response) => response.text());
    expect(await Promise.all(texts)).toEqual(["new", "new", "new", "new", "new"]);
    rest.resolve();
    expect(await before.text()).toBe("old");
    expect(stub.seen).toHaveLength(2);
    expect(await outcome(proxy, "/x")).toEqual(["HIT", "new"]);
  });
});
