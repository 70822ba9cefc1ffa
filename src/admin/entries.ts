import { asDetail, type Problem } from "../http/problem.ts";
import { json, type Operation } from "./admin.ts";

const SORTS = ["key", "size", "hits", "age"] as const;
const STATES = ["fresh", "stale"] as const;
const PARAMETERS = ["prefix", "tag", "state", "sort", "limit", "cursor"];
const USUAL_LIMIT = 100;
const MOST_AT_ONCE = 1000;

/** A place in an order of entries, behind which a page begins. */
export type Position = { readonly value: number; readonly key: string; readonly tie: number };

/** Which entries a request wants to see. */
export type PageAsked = {
  /** A path or a URL, of the proxy or of the origin, or the beginning of one. */
  readonly prefix: string;
  readonly tag: string | undefined;
  readonly state: (typeof STATES)[number] | undefined;
  readonly sort: (typeof SORTS)[number];
  readonly limit: number;
  readonly after: Position | undefined;
};

/** Some entries; `complete` unless time was up before all had been looked at. */
export type Page = {
  readonly items: readonly { readonly entry: unknown }[];
  readonly next: Position | undefined;
  readonly scanned: number;
  readonly complete: boolean;
};

/** What was named is nothing of ours; why, in a sentence without a full stop. */
type Unknown = { readonly type: "refused"; readonly why: string };

/** Where entries come from, by names that stand for what was reached under `publicOrigin`. */
export type EntriesSource = {
  readonly page: (asked: PageAsked, publicOrigin: string) => Promise<Page | Unknown>;
  readonly one: (url: string, publicOrigin: string) => Promise<readonly unknown[] | Unknown>;
  /** The name of a store that cannot tell what it holds, so that pages are without it. */
  readonly unlisted: string | undefined;
};

/** Shows what is stored: page by page, or all of one URL. */
export function entriesOperation(origin: URL, source: EntriesSource): Operation {
  const shown = origin.href.replace(/\/$/, "");

  return async ({ url: { searchParams, origin: publicOrigin } }) => {
    const url = searchParams.get("url");
    if (url !== null) {
      if (searchParams.size > 1) return refused(bad("url= stands alone: it shows all that is stored for one URL."));
      const entries = await source.one(url, publicOrigin);
      return "why" in entries ? refused(bad(asDetail(entries.why))) : json({ origin: shown, url, entries });
    }
    const asked = readPage(searchParams);
    if ("status" in asked) return refused(asked);
    const page = await source.page(asked, publicOrigin);
    if ("why" in page) return refused(bad(asDetail(page.why)));
    const { items, next, scanned, complete } = page;
    return json({
      ...{ origin: shown, sort: asked.sort, entries: items.map(({ entry }) => entry) },
      ...(next === undefined ? {} : { next: writeCursor(asked.sort, next) }),
      ...{ scanned, complete, ...(source.unlisted === undefined ? {} : { unlisted: source.unlisted }) },
    });
  };
}

function readPage(parameters: URLSearchParams): PageAsked | Problem {
  const unknown = [...parameters.keys()].find((name) => !PARAMETERS.includes(name));
  if (unknown !== undefined) {
    return bad(`There is no parameter ${unknown}. There are: url, or ${PARAMETERS.join(", ")}.`);
  }
  const order = parameters.get("sort") ?? "key";
  const sort = oneOf(SORTS, order);
  if (sort === undefined) return bad(`sort "${order}" is no order: write key, size, hits or age.`);
  const given = parameters.get("state");
  const state = given === null ? undefined : oneOf(STATES, given);
  if (given !== null && state === undefined) return bad(`state "${given}" is none: write fresh or stale.`);
  const limit = parameters.get("limit") ?? String(USUAL_LIMIT);
  if (!/^[1-9]\d{0,3}$/.test(limit) || Number(limit) > MOST_AT_ONCE) {
    return bad(`limit "${limit}" is no number of entries: write a whole number from 1 to ${MOST_AT_ONCE}.`);
  }
  const cursor = parameters.get("cursor");
  const after = cursor === null ? undefined : readCursor(sort, cursor);
  if (cursor !== null && after === undefined) {
    return bad(
      `This cursor is none of an answer sorted by ${sort}: pass what \`next\` held, with the same parameters.`,
    );
  }
  const prefix = parameters.get("prefix") ?? "/";
  return { prefix, tag: parameters.get("tag") ?? undefined, state, sort, limit: Number(limit), after };
}

/** Nobody is to read it but {@link readCursor}. */
export function writeCursor(sort: PageAsked["sort"], { value, key, tie }: Position): string {
  return Buffer.from(JSON.stringify([sort, value, key, tie])).toString("base64url");
}

/** The place in a cursor; undefined where it is none of this order. */
export function readCursor(sort: PageAsked["sort"], cursor: string): Position | undefined {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, "base64url").toString());
  } catch {
    // Not what we wrote.
    return undefined;
  }
  if (!Array.isArray(parts) || parts.length !== 4 || parts[0] !== sort) return undefined;
  const [, value, key, tie]: readonly unknown[] = parts;
  const isPlace = typeof value === "number" && typeof key === "string" && typeof tie === "number";
  return isPlace ? { value, key, tie } : undefined;
}

function oneOf<T extends string>(words: readonly T[], word: string): T | undefined {
  return words.find((known) => known === word);
}

function bad(detail: string): Problem {
  return { status: 400, title: "Bad question for entries", detail };
}

function refused(problem: Problem): ReturnType<Operation> {
  return { type: "problem", problem };
}
