import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { readSitemap, type Sitemap } from "../../src/commands/sitemap.ts";

const read = (xml: string) => readSitemap(new TextEncoder().encode(xml));
const pages = (...urls: string[]): { ok: true; value: Sitemap } => ({ ok: true, value: { type: "pages", urls } });

describe("what a sitemap names", () => {
  test.each<[string, string, ReturnType<typeof pages>]>([
    ["nothing", "<urlset/>", pages()],
    ["one", "<urlset><url><loc>http://h/a</loc></url></urlset>", pages("http://h/a")],
    [
      "several, with all else that there may be",
      `<?xml version="1.0" encoding="UTF-8"?><!-- made by hand -->
      <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
        <url><loc> http://h/a?x=1&amp;y=2 </loc><lastmod>2026-01-01</lastmod><image:image><image:loc>http://h/i.png</image:loc></image:image></url>
        <url><loc><![CDATA[http://h/b?x=1&y=2]]></loc></url>
      </urlset>`,
      pages("http://h/a?x=1&y=2", "http://h/b?x=1&y=2"),
    ],
    [
      "behind prefixes",
      '<s:urlset xmlns:s="u"><s:url><s:loc>http://h/a</s:loc></s:url></s:urlset>',
      pages("http://h/a"),
    ],
    ["in an element with attributes", '<urlset><url><loc a="b">http://h/a</loc></url></urlset>', pages("http://h/a")],
    ["an entry without an address", "<urlset><url><loc/></url><url>x</url></urlset>", pages()],
  ])("%s", (_, xml, expected) => {
    expect(read(xml)).toEqual(expected);
  });

  test("further sitemaps", () => {
    const xml =
      "<sitemapindex><sitemap><loc>http://h/1.xml</loc></sitemap><sitemap><loc>/2.xml</loc></sitemap></sitemapindex>";
    expect(read(xml)).toEqual({ ok: true, value: { type: "sitemaps", urls: ["http://h/1.xml", "/2.xml"] } });
  });

  test("in the encoding that it names", () => {
    const xml = Buffer.from(
      '<?xml version="1.0" encoding="ISO-8859-1"?><urlset><url><loc>/é</loc></url></urlset>',
      "latin1",
    );
    expect(readSitemap(xml)).toEqual(pages("/é"));
  });

  test("whatever the addresses are, escaped or in CDATA", () => {
    const address = fc.webUrl({ withQueryParameters: true });
    const escaped = (url: string) => url.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
    fc.assert(
      fc.property(fc.array(fc.tuple(address, fc.boolean())), (urls) => {
        const locs = urls.map(([url, raw]) => `<url><loc>${raw ? `<![CDATA[${url}]]>` : escaped(url)}</loc></url>`);
        expect(read(`<urlset>${locs.join("\n")}</urlset>`)).toEqual(pages(...urls.map(([url]) => url)));
      }),
    );
  });
});

test.each(["<rss/>", "<html><body>urlset</body></html>"])("%s is no sitemap", (xml) => {
  expect(read(xml)).toEqual({ ok: true, value: undefined });
});

test.each(["", "<urlset>", "<urlset><url></urlset>", "<a>&nbsp;</a>", "hello"])("%j is not well-formed", (xml) => {
  expect(read(xml)).toMatchObject({ ok: false, message: expect.stringContaining("is not well-formed XML (") });
});

test("entities that grow without bound are refused", () => {
  const entities = Array.from({ length: 30 }, (_, i) => `<!ENTITY e${i + 1} "${`&e${i};`.repeat(4)}">`);
  const read = readSitemap(
    new TextEncoder().encode(`<!DOCTYPE urlset [<!ENTITY e0 "x">${entities.join("")}]><urlset>&e30;</urlset>`),
  );
  expect(read).toMatchObject({ ok: false });
});
