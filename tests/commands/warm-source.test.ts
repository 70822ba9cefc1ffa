import { describe, expect, test } from "bun:test";
import { gather, type Reading } from "../../src/commands/warm-source.ts";

const names = {
  proxy: new URL("http://localhost:3000"),
  origin: new URL("http://api.example"),
  host: undefined,
  adminPrefix: "/__admin",
};

/** Reads from files and from sitemaps on the proxy; gives what was asked of the proxy, too. */
async function read(
  source: string,
  files: Readonly<Record<string, string | Uint8Array>>,
  onProxy: (path: string) => string | undefined = () => undefined,
) {
  const asked: string[] = [];
  const bytes = (content: string | Uint8Array) =>
    typeof content === "string" ? new TextEncoder().encode(content) : content;
  const reading: Reading = {
    names,
    file: (path) => (files[path] === undefined ? undefined : bytes(files[path])),
    stdin: async () => bytes(files["-"] ?? ""),
    async fetch({ address, fields }, open) {
      asked.push(address.path);
      expect(fields["accept-encoding"]).toBe("gzip");
      const content = onProxy(address.path);
      if (content === undefined)
        return { type: "settled", outcome: { type: "failed", reason: "status 404" }, bytes: 0 };
      // What an attempt brought that broke off is no part of it.
      open()(bytes("<torn"));
      open()(bytes(content));
      return { type: "settled", outcome: { type: "stored" }, bytes: content.length };
    },
    fields: { "accept-encoding": "br" },
  };
  const { addresses, refused, cut } = await gather(source, reading);
  return { paths: addresses.map(({ path }) => path), refused, cut, asked };
}

const urls = (...locs: string[]) => `<urlset>${locs.map((loc) => `<url><loc>${loc}</loc></url>`).join("")}</urlset>`;
const index = (...locs: string[]) =>
  `<sitemapindex>${locs.map((loc) => `<sitemap><loc>${loc}</loc></sitemap>`).join("")}</sitemapindex>`;

describe("what is gathered", () => {
  test("each once, in the order in which it was named", async () => {
    expect(await read("list", { list: "/b\n/a\nhttp://api.example/b\n/b#x" })).toMatchObject({
      paths: ["/b", "/a"],
      refused: [],
    });
  });

  test("a file goes before a path of its name", async () => {
    expect((await read("/etc/urls", { "/etc/urls": "/a" })).paths).toEqual(["/a"]);
    expect((await read("/etc/urls", {})).paths).toEqual(["/etc/urls"]);
  });

  test("a sitemap in UTF-16, and one packed twice", async () => {
    const wide = new Uint8Array(Buffer.from(`\uFEFF${urls("/a")}`, "utf16le"));
    expect((await read("map", { map: wide })).paths).toEqual(["/a"]);
    expect((await read("map", { map: Bun.gzipSync(Bun.gzipSync(urls("/a"))) })).paths).toEqual(["/a"]);
  });

  test("an attempt that broke off leaves nothing behind", async () => {
    expect(await read("/sitemap.xml", {}, () => urls("/a"))).toMatchObject({ paths: ["/a"], asked: ["/sitemap.xml"] });
  });

  test("sitemaps that name each other are asked for once", async () => {
    const maps: Readonly<Record<string, string>> = {
      "/1.xml": index("/2.xml", "/3.xml"),
      "/2.xml": index("/1.xml"),
      "/3.xml": urls("/a"),
    };
    expect(await read("/1.xml", {}, (path) => maps[path])).toMatchObject({
      paths: ["/a"],
      asked: ["/1.xml", "/2.xml", "/3.xml"],
    });
  });

  test("one that names ever more of them comes to an end, and says that it did", async () => {
    const { asked, cut } = await read("/1.xml", {}, (path) => index(`/${Number.parseInt(path.slice(1), 10) + 1}.xml`));
    expect([asked.length, cut]).toEqual([1000, true]);
  });

  test("what an index names wrongly is refused one by one", async () => {
    const maps: Readonly<Record<string, string>> = {
      "/torn.xml": "<urlset>",
      "/page.xml": "<html/>",
      "/good.xml": urls("/a"),
    };
    const { paths, refused } = await read(
      "map",
      { map: index("/torn.xml", "/page.xml", "http://evil.example/x.xml", "/none.xml", "/good.xml") },
      (path) => maps[path],
    );
    expect(paths).toEqual(["/a"]);
    expect(refused.map(({ what, reason }) => `${what} ${reason}`)).toEqual([
      expect.stringContaining("/torn.xml is not well-formed XML"),
      "/page.xml is no sitemap",
      expect.stringContaining("http://evil.example/x.xml is on evil.example"),
      "/none.xml cannot be read: status 404",
    ]);
  });
});

describe("what nothing can be made of", () => {
  test.each<[string, Readonly<Record<string, string | Uint8Array>>, number, string]>([
    ["list.txt", {}, 2, "there is no file list.txt"],
    ["http://evil.example/x", {}, 2, "is on evil.example"],
    ["map", { map: "<urlset>" }, 1, "map is not well-formed XML"],
    ["-", { "-": "<rss/>" }, 1, "standard input is XML, but no sitemap"],
    ["map", { map: new Uint8Array([0x1f, 0x8b, 1, 2]) }, 1, "map cannot be unpacked"],
    ["bomb", { bomb: Bun.gzipSync(new Uint8Array(65 * 1024 * 1024), { level: 1 }) }, 1, "bomb cannot be unpacked"],
    ["huge", { huge: new Uint8Array(65 * 1024 * 1024) }, 1, "huge is larger than 64mb"],
    ["/sitemap.xml", {}, 1, "/sitemap.xml cannot be read: status 404"],
  ])("%s", async (source, files, exitCode, message) => {
    await expect(read(source, files)).rejects.toMatchObject({ exitCode, message: expect.stringContaining(message) });
  });
});
