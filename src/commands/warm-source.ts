import { gunzipSync } from "node:zlib";
import { accept, type Parsed, refuse } from "../config/parsed.ts";
import { Failure } from "./failure.ts";
import { readSitemap, type Sitemap } from "./sitemap.ts";
import { type Address, addressOf, type Names } from "./warm-address.ts";
import { readList } from "./warm-list.ts";
import { haltText } from "./warm-report.ts";
import type { Fields, OpenSink, Visit } from "./warm-request.ts";
import type { Settled } from "./warming.ts";

/** As large as https://www.sitemaps.org lets a sitemap be, and something on top; lists may be no larger either. */
const LARGEST_FILE = 64 * 1024 * 1024;
/** Of all files together. */
const MOST_ADDRESSES = 1_000_000;
const MOST_SITEMAPS = 1000;

/** What there is to warm. */
export type Gathered = {
  /** Each once, in the order in which they were named. */
  readonly addresses: readonly Address[];
  /** What was named and cannot be asked for, with the reason. */
  readonly refused: readonly Refused[];
  /** Whether more was named than is taken. */
  readonly cut: boolean;
};

/** Something that was named and is not asked for. */
export type Refused = { readonly what: string; readonly reason: string };

/** How sources are read. */
export type Reading = {
  readonly names: Names;
  /** Undefined where there is no such file. */
  readonly file: (path: string) => Uint8Array | undefined;
  readonly stdin: () => Promise<Uint8Array>;
  /** Asks the proxy for a sitemap. */
  readonly fetch: (visit: Visit, open: OpenSink) => Promise<Settled>;
  /** What is said when asking for a sitemap. */
  readonly fields: Fields;
};

/**
 * Reads what to warm from a file or `-` (a list or a sitemap, also packed by gzip), the URL of a sitemap, or one URL or path. Further
 * sitemaps that a sitemap names are asked of the proxy as well, like all else.
 * @throws Failure where nothing can be made of the source itself
 */
export async function gather(source: string, reading: Reading): Promise<Gathered> {
  const found = new Gathering(reading);
  const isUrl = /^https?:\/\//i.test(source);
  const bytes = source === "-" ? await reading.stdin() : isUrl ? undefined : reading.file(source);
  if (bytes !== undefined) {
    const content = contentOf(bytes);
    const told = content.ok ? await found.read(content.value) : content;
    if (!told.ok) throw new Failure(1, `${source === "-" ? "standard input" : source} ${told.message}`);
    return found;
  }
  if (!isUrl && !source.startsWith("/")) {
    throw new Failure(2, `there is no file ${source}; a path on the proxy begins with /, a URL with http://`);
  }
  const address = addressOf(source, reading.names);
  if (!address.ok) throw new Failure(2, `${source} ${address.message}`);
  const told = isSitemapName(address.value) ? await found.follow(address.value) : accept<"sitemap" | "other">("other");
  if (!told.ok) throw new Failure(1, `${source} ${told.message}`);
  if (told.value === "other") found.add(source);
  return found;
}

/** What is gathered so far. */
class Gathering implements Gathered {
  readonly refused: Refused[] = [];
  cut = false;
  readonly #addresses = new Map<string, Address>();
  readonly #followed = new Set<string>();
  readonly #reading: Reading;

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  get addresses(): readonly Address[] {
    return [...this.#addresses.values()];
  }

  add(text: string): void {
    if (this.#addresses.size + this.refused.length >= MOST_ADDRESSES) {
      this.cut = true;
      return;
    }
    const address = addressOf(text, this.#reading.names);
    if (address.ok) this.#addresses.set(idOf(address.value), address.value);
    else this.refused.push({ what: text, reason: address.message });
  }

  /** A list, or a sitemap with what it leads to. */
  async read(content: Uint8Array): Promise<Parsed<void>> {
    if (!looksLikeXml(content)) {
      for (const line of readList(new TextDecoder().decode(content))) this.add(line);
      return accept(undefined);
    }
    const sitemap = readSitemap(content);
    if (!sitemap.ok) return sitemap;
    if (sitemap.value === undefined)
      return refuse("is XML, but no sitemap: its root is neither urlset nor sitemapindex");
    await this.#take(sitemap.value);
    return accept(undefined);
  }

  /** Asks for a sitemap, and says whether it is one. */
  async follow(address: Address): Promise<Parsed<"sitemap" | "other">> {
    this.#followed.add(idOf(address));
    const body = await this.#fetch(address);
    if (!body.ok) return body;
    const content = contentOf(body.value);
    if (!content.ok) return content;
    if (!looksLikeXml(content.value)) return accept("other");
    const sitemap = readSitemap(content.value);
    if (!sitemap.ok) return sitemap;
    if (sitemap.value === undefined) return accept("other");
    await this.#take(sitemap.value);
    return accept("sitemap");
  }

  async #take({ type, urls }: Sitemap): Promise<void> {
    if (type === "pages") for (const url of urls) this.add(url);
    else for (const url of urls) await this.#followUrl(url);
  }

  async #followUrl(url: string): Promise<void> {
    const address = addressOf(url, this.#reading.names);
    if (!address.ok) {
      this.refused.push({ what: url, reason: address.message });
      return;
    }
    // One that names itself, or another that names it.
    if (this.#followed.has(idOf(address.value))) return;
    if (this.#followed.size >= MOST_SITEMAPS) {
      this.cut = true;
      return;
    }
    const told = await this.follow(address.value);
    if (!told.ok) this.refused.push({ what: url, reason: told.message });
    else if (told.value === "other") this.refused.push({ what: url, reason: "is no sitemap" });
  }

  async #fetch(address: Address): Promise<Parsed<Uint8Array>> {
    const { fetch, fields } = this.#reading;
    let chunks: Uint8Array[] = [];
    const visit = { address, fields: { ...fields, "accept-encoding": "gzip" } };
    const settled = await fetch(visit, () => {
      chunks = [];
      let size = 0;
      return (chunk) => {
        chunks.push(chunk);
        size += chunk.byteLength;
        return size <= LARGEST_FILE;
      };
    });
    switch (settled.type) {
      case "settled":
        return settled.outcome.type === "failed"
          ? refuse(`cannot be read: ${settled.outcome.reason}`)
          : accept(Buffer.concat(chunks));
      default:
        return refuse(`cannot be read: ${haltText(settled)}`);
    }
  }
}

function idOf({ authority, path }: Address): string {
  return authority + path;
}

function isSitemapName({ path }: Address): boolean {
  return /\.xml(?:\.gz)?(?:\?|$)/i.test(path);
}

/** What a file holds, which may be packed, even twice where a packed file is sent packed. */
function contentOf(bytes: Uint8Array): Parsed<Uint8Array> {
  let content = bytes;
  try {
    for (let i = 0; i < 2 && content[0] === 0x1f && content[1] === 0x8b; i++) {
      content = gunzipSync(content, { maxOutputLength: LARGEST_FILE });
    }
  } catch (error) {
    return refuse(`cannot be unpacked (${error instanceof Error ? error.message : String(error)})`);
  }
  return content.byteLength > LARGEST_FILE ? refuse("is larger than 64mb: split it") : accept(content);
}

/** The first character that is no space is an opening bracket, in UTF-8 or UTF-16. */
function looksLikeXml(content: Uint8Array): boolean {
  const head = new TextDecoder("latin1").decode(content.subarray(0, 256));
  return /^[\s\0\u00ef\u00bb\u00bf\u00fe\u00ff]*</.test(head);
}
