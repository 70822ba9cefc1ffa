import { accept, type Parsed, refuse } from "../config/parsed.ts";

/** A sitemap of https://www.sitemaps.org: URLs of pages, or of further sitemaps. */
export type Sitemap = { readonly type: "pages" | "sitemaps"; readonly urls: readonly string[] };

/** The roots, each with its members. Prefixes of namespaces are anybody's choice; old files have other namespaces. */
const ROOTS = new Map([
  ["urlset", { type: "pages", member: "url" }],
  ["sitemapindex", { type: "sitemaps", member: "sitemap" }],
] as const);

/**
 * Reads a sitemap.
 * @param xml in any encoding that it names itself
 * @returns undefined for XML that is no sitemap
 */
export function readSitemap(xml: Uint8Array): Parsed<Sitemap | undefined> {
  const document = parsed(xml);
  if (!document.ok) return document;
  for (const [root, { type, member }] of ROOTS) {
    const [content] = children(document.value, root);
    if (content === undefined) continue;
    const urls = children(content, member)
      .flatMap((entry) => children(entry, "loc"))
      .flatMap((loc) => textOf(loc)?.trim() || []);
    return accept({ type, urls });
  }
  return accept(undefined);
}

function parsed(xml: Uint8Array): Parsed<unknown> {
  try {
    return accept(Bun.XML.parse(xml));
  } catch (error) {
    return refuse(`is not well-formed XML (${error instanceof Error ? error.message : String(error)})`);
  }
}

/** The child elements of a name, whatever the prefix of its namespace. */
function children(element: unknown, name: string): readonly unknown[] {
  if (typeof element !== "object" || element === null) return [];
  return Object.entries(element)
    .filter(([key]) => key === name || (key.endsWith(`:${name}`) && !key.startsWith("@")))
    .flatMap(([, value]) => (Array.isArray(value) ? value : [value]));
}

/** What an element says; one that has attributes is an object. */
function textOf(element: unknown): string | undefined {
  if (typeof element === "string") return element;
  const [text] = children(element, "#text");
  return typeof text === "string" ? text : undefined;
}
