import { sortedQuery } from "./key.ts";

/** A piece of a pattern of the URL Pattern Standard, without regular expressions. */
type Piece =
  | { readonly type: "text"; readonly text: string }
  /** `*`: anything, also nothing. */
  | { readonly type: "anything" }
  /** `:name`: one character and more, but of a path no `/`. */
  | { readonly type: "name" }
  /** What may be left out (`?`, `*`) or come again (`+`, `*`). */
  | { readonly type: "group"; readonly pieces: readonly Piece[]; readonly modifier: string };

/** A pattern for what follows the origin in a URL. */
export type UrlPattern = {
  /** In the form that URLs have, its query sorted by name as in a key. */
  readonly text: string;
  /** With what every path that matches begins. */
  readonly literal: string;
  /** @param path with its query, if it has one, as it is in a key */
  readonly matches: (path: string) => boolean;
  /** The same for the path alone, whatever its query is. */
  readonly matchesPath: (path: string) => boolean;
};

/** Longer patterns are not taken: matching takes as long as they are, times the URL. */
const LONGEST = 2048;

/**
 * Reads a pattern of path and query with the grammar of `URLPattern`, which also brings it into the form that URLs have. It is matched
 * without a regular expression, in time that goes with the length of both: `URLPattern` makes one of it, and that of `*a*a*a*b` hangs.
 * @param pattern begins with `/`; where it has no query it matches any
 * @throws TypeError where it is none; the message says why
 */
export function urlPattern(pattern: string): UrlPattern {
  if (pattern.length > LONGEST) throw new TypeError(`it is longer than ${LONGEST} characters`);
  const { pathname, search } = split(pattern);
  const read = new URLPattern({ protocol: "http", pathname, ...(search === undefined ? {} : { search }) });
  if (read.hasRegExpGroups) throw new TypeError("it holds a regular expression, which could hang; use * or :name");
  const path = parse(read.pathname, "/");
  const sorted = search === undefined ? undefined : sortedQuery(`?${read.search}`).slice(1);
  const query = sorted === undefined ? undefined : parse(sorted, "");
  const [first] = path;
  const matchesPath = (asked: string): boolean => isMatch(path, asked.split("?", 1)[0] ?? "", "/");
  return {
    text: sorted === undefined ? read.pathname : `${read.pathname}\\?${sorted}`,
    literal: first?.type === "text" ? first.text : "",
    matchesPath,
    matches(asked) {
      const end = asked.indexOf("?");
      return matchesPath(asked) && (query === undefined || isMatch(query, end < 0 ? "" : asked.slice(end + 1), ""));
    },
  };
}

/** One token: an escaped character, a name, a sign of the grammar or any other character. */
const TOKEN = /\\.|:[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*|./gsu;
const MODIFIERS = "?+*";

/** Finds where the query begins: at a `?` that does not say of what is before it that it may be left out. */
function split(pattern: string): { readonly pathname: string; readonly search: string | undefined } {
  let depth = 0;
  let before = "";
  for (const { 0: token, index } of pattern.matchAll(TOKEN)) {
    if (token === "{" || token === "(") depth++;
    if (token === "}" || token === ")") depth--;
    const after = pattern.slice(index + token.length);
    const isQuery = token === "\\?" || (token === "?" && !saysOptional(before, after));
    if (isQuery && depth === 0) return { pathname: pattern.slice(0, index), search: after };
    before = token;
  }
  return { pathname: pattern, search: undefined };
}

/** Of a name or wildcard only where nothing follows that a query could begin with: nobody writes `/:id?lang=en` to mean that. */
function saysOptional(before: string, after: string): boolean {
  if (before === "}" || before === ")") return true;
  return (before === "*" || /^:./.test(before)) && /^([/.{:-]|$)/.test(after);
}

/** @param prefix the character that belongs to the wildcard or name behind it, where that has a modifier */
function parse(pattern: string, prefix: string): readonly Piece[] {
  const tokens = [...pattern.matchAll(TOKEN)].map(([token]) => token);
  let at = 0;

  function pieces(): readonly Piece[] {
    const found: Piece[] = [];
    let text = "";
    const flush = (): void => {
      if (text !== "") found.push({ type: "text", text });
      text = "";
    };
    for (let token = tokens[at++]; token !== undefined && token !== "}"; token = tokens[at++]) {
      if (token === "{") {
        flush();
        const inner = pieces();
        found.push({ type: "group", pieces: inner, modifier: modifier() });
      } else if (token === "*" || (token.length > 1 && token.startsWith(":"))) {
        const piece: Piece = { type: token === "*" ? "anything" : "name" };
        const times = modifier();
        const takesPrefix = times !== "" && prefix !== "" && text.endsWith(prefix);
        if (takesPrefix) text = text.slice(0, -prefix.length);
        flush();
        const repeated: readonly Piece[] = takesPrefix ? [{ type: "text", text: prefix }, piece] : [piece];
        found.push(...(times === "" ? repeated : [{ type: "group", pieces: repeated, modifier: times } as const]));
      } else text += token.startsWith("\\") ? token.slice(1) : token;
    }
    flush();
    return found;
  }

  function modifier(): string {
    const token = tokens[at] ?? "";
    if (token === "" || !MODIFIERS.includes(token)) return "";
    at++;
    return token;
  }

  return pieces();
}

function isMatch(pieces: readonly Piece[], text: string, delimiter: string): boolean {
  const places = reach(pieces, { list: [0] }, text, delimiter);
  return "list" in places ? places.list.at(-1) === text.length : places.from <= text.length;
}

/** Up to where in a text something may reach: these places, in order, each once; or all from one on. */
type Places = { readonly list: readonly number[] } | { readonly from: number };

function reach(pieces: readonly Piece[], from: Places, text: string, delimiter: string): Places {
  let places = from;
  for (const piece of pieces) {
    if ("list" in places && places.list.length === 0) break;
    places = step(piece, places, text, delimiter);
  }
  return places;
}

function step(piece: Piece, from: Places, text: string, delimiter: string): Places {
  switch (piece.type) {
    case "text":
      return { list: "list" in from ? ends(from.list, piece.text, text) : occurrences(from.from, piece.text, text) };
    case "anything":
      return { from: "list" in from ? (from.list[0] ?? text.length + 1) : from.from };
    case "name": {
      const list: number[] = [];
      for (const start of listed(from, text)) {
        // What lies behind a place that was reached before was reached then, too.
        const first = Math.max(start, list.at(-1) ?? 0);
        for (let at = first; at < text.length && text[at] !== delimiter; at++) list.push(at + 1);
      }
      return { list };
    }
    case "group": {
      const { modifier } = piece;
      const places = new Set(modifier === "?" || modifier === "*" ? listed(from, text) : []);
      const isRepeated = modifier === "+" || modifier === "*";
      for (let news = listed(from, text); news.length > 0; ) {
        const reached = listed(reach(piece.pieces, { list: news }, text, delimiter), text);
        news = isRepeated ? reached.filter((at) => !places.has(at)) : [];
        for (const at of reached) places.add(at);
      }
      return { list: [...places].sort((a, b) => a - b) };
    }
  }
}

function ends(starts: readonly number[], piece: string, text: string): readonly number[] {
  return starts.filter((at) => text.startsWith(piece, at)).map((at) => at + piece.length);
}

function occurrences(from: number, piece: string, text: string): readonly number[] {
  const list: number[] = [];
  for (let at = text.indexOf(piece, from); at >= 0; at = text.indexOf(piece, at + 1)) list.push(at + piece.length);
  return list;
}

function listed(places: Places, text: string): readonly number[] {
  if ("list" in places) return places.list;
  return Array.from({ length: Math.max(0, text.length + 1 - places.from) }, (_, i) => places.from + i);
}
