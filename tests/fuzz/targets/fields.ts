import { isInnerList, parseDictionary, parseList } from "structured-headers";
import { cacheKey, keysFor, sortedQuery, targetOf } from "../../../src/caching/key.ts";
import { reducedSearch } from "../../../src/caching/search-variance.ts";
import { urlPattern } from "../../../src/caching/url-pattern.ts";
import { parseDirectives, parseRequestDirectives, parseResponseDirectives } from "../../../src/http/cache-control.ts";
import { parseCacheGroups } from "../../../src/http/cache-groups.ts";
import { annotate } from "../../../src/http/cache-status.ts";
import { parseCacheTags } from "../../../src/http/cache-tags.ts";
import { formatContentRange, parseContentRange } from "../../../src/http/content-range.ts";
import { formatHttpDate, parseHttpDate } from "../../../src/http/date.ts";
import { parseDeltaSeconds } from "../../../src/http/delta-seconds.ts";
import { listsEntityTag } from "../../../src/http/entity-tag.ts";
import { isToken, splitList } from "../../../src/http/list.ts";
import { normalMediaType } from "../../../src/http/media-type.ts";
import { multipartByteranges } from "../../../src/http/multipart-byteranges.ts";
import { parseNoVarySearch } from "../../../src/http/no-vary-search.ts";
import { parsePreferences } from "../../../src/http/quality.ts";
import { formatRange, parseRange, resolveRange } from "../../../src/http/range.ts";
import { readQuotas } from "../../../src/http/rate-limit.ts";
import { retryAfter } from "../../../src/http/retry-after.ts";
import { parseTargetedDirectives } from "../../../src/http/targeted-cache-control.ts";
import { parseVary } from "../../../src/http/vary.ts";
import { parseFilter } from "../../../src/observe/filter.ts";
import { type Check, ofChecks, oneOf, textOf } from "../checks.ts";
import { holds, shown } from "../target.ts";

const NOW = Date.UTC(2026, 0, 1);
const COMMON = [...'"\\,;= \t*/()?:-.0159aZ', "é", "\xa0", "\0", "99999999999999999999", "1e9", "-0"];

const CACHE_CONTROL = [
  ...COMMON,
  ..."max-age= s-maxage= private no-cache no-store max-stale public immutable stale-if-error= stale-while-revalidate=".split(
    " ",
  ),
  "must-understand",
  'private="a, b"',
];
const RANGES = [...COMMON, "bytes=", "bytes", "0-0", "-5", "5-", "1-2,", "9007199254740993"];
const DATES = [
  ...COMMON,
  "Sun, 06 Nov 1994 08:49:37 GMT",
  "Sunday, 06-Nov-94 08:49:37 GMT",
  "Sun Nov  6 08:49:37 1994",
  "Sun",
  "Feb",
  "30",
  "29",
  "2000",
  "24:00:00",
  "23:59:60",
  " GMT",
];
const TAGS = [...COMMON, "W/", '"a"', '"b"', 'W/"a"', "w/"];
const STRUCTURED = [
  ...COMMON,
  '"a"',
  "params",
  "key-order",
  'params=("a")',
  "except=",
  'except=("b" "c")',
  "?1",
  "?0",
  ":aGk=:",
  "@1",
  '"default";r=5;t=9',
  "limit=",
  "remaining=5",
  "%22",
];
const URLS = [
  ...COMMON,
  "/",
  "//",
  "..",
  "%2e",
  "%2F",
  "?",
  "&",
  "a=1",
  "&a=2",
  "b",
  "#",
  "\\",
  "%",
  "%zz",
  "%EF%BF%BD",
  "+",
  "[",
  "]",
  "é",
  "utm_x=1",
];
const PATTERNS = [
  ...COMMON,
  "/",
  ":id",
  "{",
  "}",
  "?",
  "+",
  "*",
  "(",
  ")",
  "\\",
  "/a",
  "{/b}?",
  ":a*",
  "*a",
  "?x=1",
  "&",
  "é",
];
const FILTERS = [
  ...COMMON,
  "status",
  ">=",
  "<",
  "~",
  "!=",
  "500",
  "hit",
  "miss",
  " and ",
  " or ",
  " not ",
  "(",
  ")",
  "path~/a*",
  "ms>",
  "10kb",
  '"x y"',
];

const headersWith = (name: string, value: string): Headers | undefined => {
  try {
    return new Headers([[name, value]]);
  } catch {
    // What no field can hold never gets here.
    return undefined;
  }
};

const parsed = <T>(parse: () => T): T | undefined => {
  try {
    return parse();
  } catch {
    // The package throws where the text is no such field.
    return undefined;
  }
};

const same = (a: unknown, b: unknown, what: string): void =>
  holds(
    Bun.deepEquals(a, b),
    () => `${what}: ${shown(JSON.stringify(a) ?? "undefined")} and ${shown(JSON.stringify(b) ?? "undefined")}`,
  );

/** Readers of field values, URLs and patterns: none throws but as it says, and what can be written again means the same. */
export const fields = ofChecks("fields", 10000, {
  "cache-control": {
    draw: textOf(CACHE_CONTROL),
    play(text = "") {
      const directives = parseResponseDirectives(text);
      const lifetimes = [
        directives.maxAge,
        directives.sMaxage,
        directives.staleIfError,
        directives.staleWhileRevalidate,
      ];
      for (const age of lifetimes)
        holds(age === undefined || (Number.isInteger(age) && age >= 0), () => `a lifetime of ${age}`);
      parseRequestDirectives(text, text);
      parseTargetedDirectives(text);
      // A restriction that stands outside of quotes is never lost, whatever else is there.
      const members = splitList(text).map((member) => member.toLowerCase());
      if (members.includes("no-store"))
        holds(parseDirectives(text).has("no-store"), () => `no-store is lost in ${shown(text)}`);
      const behind = `${text.includes('"') ? "a" : text}, no-store`;
      holds(parseResponseDirectives(behind).noStore, () => `no-store is lost in ${shown(behind)}`);
    },
  },
  vary: {
    draw: textOf([...COMMON, "Accept", "accept", "X-A", ", "]),
    play(text = "") {
      const names = parseVary(text);
      if (names === "*") return;
      for (const name of names)
        holds(isToken(name) && name === name.toLowerCase(), () => `${shown(name)} is no field's name`);
      same(parseVary([...names].reverse().join(", ")), names, "the order of names makes a difference");
    },
  },
  range: {
    draw: (random) => [oneOf(random, RANGES), String(random.pick([0, 1, 10, 1000, 2 ** 40]))],
    play(text = "", lengthText = "") {
      const specs = parseRange(text.startsWith("bytes=") ? text : `bytes=${text}`);
      if (specs === undefined) return;
      const length = Number(lengthText);
      // Only ranges within lengths that we know are ever written.
      if (!/\d{16}/.test(text))
        for (const spec of specs) same(parseRange(formatRange(spec)), [spec], "a range that is written is another one");
      const asked = resolveRange(specs, length);
      const ranges = asked.type === "single" ? [asked] : asked.type === "several" ? asked.ranges : [];
      for (const { first, last } of ranges) {
        holds(0 <= first && first <= last && last < length, () => `${first}-${last} of ${length} bytes`);
        same(
          parseContentRange(formatContentRange({ first, last }, length)),
          { first, last, complete: length },
          "Content-Range",
        );
      }
      for (const [i, one] of ranges.entries()) {
        for (const other of ranges.slice(i + 1))
          holds(one.last < other.first || other.last < one.first, () => `ranges overlap: ${shown(text)}`);
      }
    },
  },
  multipart: {
    draw: (random) => [random.bytes(40), String(random.below(40)), String(random.below(40)), random.words(COMMON, 4)],
    async play(content = "", from = "", to = "", type = "") {
      const whole = new Blob([content]);
      const ranges = [from, to]
        .map(Number)
        .filter((at) => at < whole.size)
        .map((at) => ({ first: at, last: whole.size - 1 }));
      if (ranges.length < 2 || headersWith("content-type", type) === undefined) return;
      const { body, length } = multipartByteranges(whole, ranges, type, "bound");
      const bytes = await new Response(body).bytes();
      holds(length === bytes.length, () => `its length is said to be ${length}, and is ${bytes.length}`);
    },
  },
  "content-range": {
    draw: textOf([...RANGES, "bytes ", "/", "0-0/1"]),
    play(text = "") {
      const range = parseContentRange(text);
      if (range === undefined) return;
      holds(range.first <= range.last && range.last < range.complete, () => `${shown(text)} is taken`);
      same(parseContentRange(formatContentRange(range, range.complete)), range, "Content-Range");
    },
  },
  date: {
    draw: textOf(DATES, 4),
    play(text = "") {
      const at = parseHttpDate(text, NOW);
      if (at === undefined) return;
      holds(Number.isFinite(at), () => `${shown(text)} is ${at}`);
      same(parseHttpDate(formatHttpDate(at), NOW), at, "a date that is written is another one");
      retryAfter(text, NOW);
    },
  },
  "delta-seconds": {
    draw: textOf([...COMMON, "5", "2147483649"], 4),
    play(text = "") {
      const seconds = parseDeltaSeconds(text);
      holds((seconds !== undefined) === /^\d+$/.test(text), () => `${shown(text)} is ${seconds}`);
    },
  },
  "entity-tags": {
    draw: (random) => [oneOf(random, TAGS), random.words(TAGS, 3)],
    play(list = "", tag = "") {
      const isListed = listsEntityTag(list, tag);
      if (list.trim() === "*") return holds(isListed, () => "* names any");
      // What the letter of the grammar reads as a list of tags is read as that.
      if (!/^(?:(?:W\/)?"[\x21\x23-\x5b\x5d-\x7e]*"(?:[ \t]*,[ \t]*|$))+$/.test(list)) return;
      const members = list.match(/(?:W\/)?"[^"]*"/g) ?? [];
      const opaque = (each: string): string => each.replace(/^W\//, "");
      holds(
        isListed === members.some((member) => opaque(member) === opaque(tag)),
        () => `${shown(tag)} in ${shown(list)}: ${isListed}`,
      );
    },
  },
  list: {
    draw: textOf(COMMON),
    play(text = "") {
      const members = splitList(text);
      if (!text.includes('"'))
        same(
          members,
          text
            .split(",")
            .map((each) => each.trim())
            .filter((each) => each !== ""),
          "a list without quotes",
        );
      parsePreferences(text);
      const type = normalMediaType(text);
      same(normalMediaType(type), type, "a media type's normal form");
    },
  },
  "no-vary-search": {
    draw: (random) => [oneOf(random, STRUCTURED), random.words(URLS, 8)],
    play(text = "", query = "") {
      const rule = parseNoVarySearch(text);
      holds(
        rule === undefined || parsed(() => parseDictionary(text)) !== undefined,
        () => `${shown(text)} is no Dictionary`,
      );
      if (rule === undefined) return;
      same(parseNoVarySearch(rule.text)?.text, rule.text, "the rule in one spelling");
      const search = new URL(`http://a/?${query}`).search;
      const left = reducedSearch(search, rule);
      same(reducedSearch(left, rule), left, "what is left of a query");
      holds(!left.includes(" "), () => `what is left of ${shown(search)} holds a space`);
    },
  },
  "cache-groups": {
    draw: textOf(STRUCTURED),
    play(text = "") {
      const list = parsed(() => parseList(text)) ?? [];
      const names = list.map((member) => (isInnerList(member) ? undefined : member[0]));
      const right = text.length > 16_384 || names.some((name) => typeof name !== "string") ? [] : [...new Set(names)];
      same(parseCacheGroups(text), right, "Cache-Groups");
    },
  },
  "rate-limit": {
    draw: (random) => [
      random.pick(["ratelimit", "ratelimit-remaining", "x-ratelimit-remaining", "x-rate-limit-remaining"]),
      oneOf(random, STRUCTURED),
      random.words(STRUCTURED, 6),
    ],
    play(name = "", value = "", policy = "") {
      const headers = headersWith(name, value);
      if (headers === undefined || headersWith("ratelimit-policy", policy) === undefined) return;
      for (const other of [
        "ratelimit-policy",
        `${name.replace(/remaining$/, "")}limit`,
        `${name.replace(/remaining$/, "")}reset`,
      ])
        headers.set(other, policy);
      for (const quota of readQuotas(headers, NOW)) {
        for (const number of Object.values(quota))
          holds(typeof number !== "number" || !Number.isNaN(number), () => shown(JSON.stringify(quota)));
      }
    },
  },
  "cache-tags": {
    draw: textOf([...COMMON, "tag", "b", ", "]),
    play(text = "") {
      for (const name of ["cache-tag", "surrogate-key", "xkey"]) {
        const headers = headersWith(name, text);
        const tags = headers === undefined ? [] : parseCacheTags(headers);
        holds(new Set(tags).size === tags.length && !tags.includes(""), () => `tags ${shown(tags.join("|"))}`);
      }
    },
  },
  "cache-status": {
    draw: textOf(URLS),
    play(text = "") {
      const url = URL.parse(`/${text}`, "http://origin.example");
      if (url === null) return;
      url.hash = "";
      const headers = new Headers();
      annotate(headers, {
        type: "forward",
        fwd: "uri-miss",
        status: 200,
        stored: false,
        key: cacheKey(url),
        detail: "no-store",
      });
      const list = parsed(() => parseList(headers.get("cache-status") ?? ""));
      holds(list?.length === 1, () => `Cache-Status is ${shown(headers.get("cache-status") ?? "")}`);
    },
  },
  key: {
    draw: (random) => [oneOf(random, URLS), random.words(URLS, 6)],
    play(path = "", query = "") {
      const asked = URL.parse(`http://proxy.example/${path.replaceAll("\0", "")}?${query}`);
      if (asked === null || asked.origin !== "http://proxy.example") return;
      for (const origin of [new URL("http://origin.example"), new URL("http://origin.example/base/")]) {
        const target = targetOf(origin, asked);
        holds(
          target.origin === origin.origin && target.pathname.startsWith(origin.pathname),
          () => `${asked} leads to ${target}`,
        );
        target.hash = "";
        same(keysFor(origin)(asked), cacheKey(target), "the key of what is asked for");
        const again = new URL(cacheKey(target));
        same(cacheKey(again), cacheKey(target), "the key of a key");
      }
      const sorted = sortedQuery(asked.search);
      same(sortedQuery(sorted), sorted, "a sorted query");
      const parameters = (search: string): readonly string[] => search.slice(1).split("&").sort();
      same(parameters(sorted), parameters(asked.search), "the parameters of a sorted query");
    },
  },
  "url-pattern": {
    draw: (random) => [`/${random.words(PATTERNS, 12)}`, `/${random.words([...URLS, "a", "b"], 30)}`],
    play(text = "", path = "") {
      const pattern = parsedPattern(text);
      const url = URL.parse(path, "http://a");
      if (pattern === undefined || url === null || url.origin !== "http://a") return;
      const isMatch = pattern.matchesPath(url.pathname);
      holds(
        !isMatch || url.pathname.startsWith(pattern.literal),
        () => `${shown(text)} matches ${shown(path)} without its beginning`,
      );
      // What the standard says, where its own matching cannot hang.
      if ((text.match(/[*:]/g) ?? []).length > 3 || url.pathname.length > 60 || text.includes("?")) return;
      const right = new URLPattern({ protocol: "http", pathname: text }).test({
        protocol: "http",
        pathname: url.pathname,
      });
      holds(isMatch === right, () => `${shown(text)} and ${shown(url.pathname)}: ${isMatch}, by the standard ${right}`);
    },
  },
  filter: {
    draw: textOf(FILTERS),
    play(text = "") {
      const filter = parseFilter(text);
      if (filter.type === "bad")
        holds(filter.at >= 0 && filter.at <= text.length, () => `${shown(text)} is bad at ${filter.at}`);
    },
  },
} satisfies Record<string, Check>);

function parsedPattern(text: string): ReturnType<typeof urlPattern> | undefined {
  try {
    return urlPattern(text);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
