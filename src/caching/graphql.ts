/** An operation of a GraphQL document. */
export type Operation = {
  readonly type: "query" | "mutation" | "subscription";
  readonly name: string | undefined;
};

/** A GraphQL document that can be executed. */
export type GraphqlDocument = {
  /** Its tokens alone: comments, commas and white space between them mean nothing (GraphQL §2.1). */
  readonly text: string;
  readonly operations: readonly Operation[];
};

/** Reads a document; undefined where it is none, or has more in it than operations and fragments. */
export function readDocument(text: string): GraphqlDocument | undefined {
  const tokens = tokensOf(text);
  const operations = tokens && operationsOf(tokens);
  return tokens && operations && { text: joined(tokens), operations };
}

/** Whether a text that is no document may be meant as one. */
export function looksLikeDocument(text: string): boolean {
  if (!text.includes("{")) return false;
  return /^[\s,]*\{/.test(text) || /\b(?:query|mutation|subscription|fragment)\b/.test(text);
}

/**
 * The operation that is executed (GraphQL §6.1); undefined where that is none, or not one for sure.
 * @param name as the request states it; undefined where it states none
 */
export function selectedOperation({ operations }: GraphqlDocument, name: string | undefined): Operation | undefined {
  const [first, ...others] = operations.filter((operation) => name === undefined || operation.name === name);
  return others.length === 0 ? first : undefined;
}

const IGNORED = /(?:[\t\n\r ,\uFEFF]|#[^\n\r]*)+/y;
const NAME = /^[A-Za-z_]\w*$/;
/** But for strings. */
const TOKEN = /[A-Za-z_]\w*|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|\.\.\.|[!$&()|:=@[\]{}]/y;

/** The tokens of a document (GraphQL §2.1.6); undefined where there is something else in it. */
function tokensOf(text: string): readonly string[] | undefined {
  const tokens: string[] = [];
  let at = skipped(text, 0);
  while (at < text.length) {
    const end = text[at] === '"' ? stringEnd(text, at) : matchEnd(TOKEN, text, at);
    if (end === undefined) return undefined;
    tokens.push(text.slice(at, end));
    at = skipped(text, end);
  }
  return tokens;
}

function skipped(text: string, at: number): number {
  return matchEnd(IGNORED, text, at) ?? at;
}

function matchEnd(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

/** Behind a string that begins there (GraphQL §2.9.4). */
function stringEnd(text: string, start: number): number | undefined {
  if (text.startsWith('"""', start)) {
    let at = start + 3;
    for (;;) {
      const quotes = text.indexOf('"""', at);
      if (quotes < 0) return undefined;
      if (text[quotes - 1] !== "\\" || quotes === at) return quotes + 3;
      at = quotes + 3;
    }
  }
  for (let at = start + 1; at < text.length; at++) {
    const character = text[at];
    if (character === '"') return at + 1;
    if (character === "\n" || character === "\r") return undefined;
    if (character === "\\") at++;
  }
  return undefined;
}

/** What was written as one word stays one. */
function joined(tokens: readonly string[]): string {
  return tokens.map((token, i) => (i === 0 || /^[$@]$/.test(tokens[i - 1] ?? "") ? token : ` ${token}`)).join("");
}

function operationsOf(tokens: readonly string[]): readonly Operation[] | undefined {
  const operations: Operation[] = [];
  let at = 0;
  while (at < tokens.length) {
    // A description.
    if (tokens[at]?.startsWith('"')) at++;
    const keyword = tokens[at] ?? "";
    if (keyword === "{") operations.push({ type: "query", name: undefined });
    else if (isOperation(keyword)) operations.push({ type: keyword, name: nameOf(tokens[at + 1]) });
    else if (keyword !== "fragment") return undefined;
    const end = definitionEnd(tokens, at);
    if (end === undefined) return undefined;
    at = end;
  }
  return operations;
}

function isOperation(keyword: string): keyword is Operation["type"] {
  return keyword === "query" || keyword === "mutation" || keyword === "subscription";
}

function nameOf(token = ""): string | undefined {
  return NAME.test(token) ? token : undefined;
}

const CLOSES: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

/** Behind the selection set of the definition that begins there: variables and directives, which may hold braces, are in parentheses. */
function definitionEnd(tokens: readonly string[], start: number): number | undefined {
  const open: string[] = [];
  let isInSelection = false;
  for (let at = start; at < tokens.length; at++) {
    const token = tokens[at] ?? "";
    const closing = CLOSES[token];
    if (closing !== undefined) {
      if (token === "{" && open.length === 0) isInSelection = true;
      open.push(closing);
    } else if (token === ")" || token === "]" || token === "}") {
      if (open.pop() !== token) return undefined;
      if (open.length === 0 && isInSelection) return at + 1;
    }
  }
  return undefined;
}
