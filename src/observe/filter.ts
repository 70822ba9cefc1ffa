import {
  type Meaning,
  meaningOfComparison,
  meaningOfWord,
  OPERATORS,
  type Operator,
  type Wants,
} from "./filter-fields.ts";

/** A filter that can be read, or where and why not. */
export type Filter =
  /** `wants` is undefined where the text is empty: everything is wanted. */
  | { readonly type: "filter"; readonly wants: Wants | undefined }
  /** `at` counts characters from 0; `why` is a sentence without a full stop that names the place too. */
  | { readonly type: "bad"; readonly at: number; readonly why: string };

/** Longer ones nobody means; reading one takes as long as it is. */
const LONGEST = 1000;
/** So deep may parentheses lie in each other. */
const DEEPEST = 50;

type Token =
  | { readonly type: "sign"; readonly sign: "(" | ")" | "!" | "and" | "or"; readonly at: number }
  | { readonly type: "operator"; readonly operator: Operator; readonly at: number }
  | { readonly type: "text"; readonly text: string; readonly quoted: boolean; readonly at: number };

/** What stops the reading; thrown and caught in this file alone. */
class Unreadable extends Error {
  readonly at: number;

  constructor(at: number, why: string) {
    super(why);
    this.at = at;
  }
}

/**
 * Reads a filter of exchanges, such as `status>=500 or miss`, `path~/users* and not hit`, `method=POST (ms>100 or bytes>10kb)`. What is
 * written side by side has to hold together, `or` binds the least. It knows no system: the live page reads filters with it as well.
 */
export function parseFilter(text: string): Filter {
  try {
    if (text.length > LONGEST) throw new Unreadable(LONGEST, `it is longer than ${LONGEST} characters`);
    const tokens = tokensOf(text);
    return { type: "filter", wants: tokens.length === 0 ? undefined : new Reader(tokens, text.length).all() };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { type: "bad", at: error.at, why: `${error.message} (at character ${error.at + 1})` };
  }
}

const SPACE = /\s+/y;
const QUOTED = /"((?:[^"\\]|\\.)*)"/sy;
/** A name or word, ended by what an operator could begin with. */
const NAME = /[^\s()"!=~<>&|]+/y;
/** What a field is compared with: anything up to a space or parenthesis, but for `&&` and `||`. */
const VALUE = /(?:(?!&&|\|\|)[^\s()"])+/y;

const SIGNS: ReadonlyMap<string, "(" | ")" | "!" | "and" | "or"> = new Map([
  ["(", "("],
  [")", ")"],
  ["!", "!"],
  ["&&", "and"],
  ["||", "or"],
  ["and", "and"],
  ["or", "or"],
  ["not", "!"],
] as const);

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(text);
  };
  for (;;) {
    at += match(SPACE)?.[0].length ?? 0;
    if (at >= text.length) return tokens;
    const token = tokenAt(text, at, tokens.at(-1)?.type === "operator", match);
    tokens.push(token.token);
    at += token.length;
  }
}

/** @param isValue whether what comes is compared with a field */
function tokenAt(
  text: string,
  at: number,
  isValue: boolean,
  match: (pattern: RegExp) => RegExpExecArray | null,
): { readonly token: Token; readonly length: number } {
  const quoted = match(QUOTED);
  if (quoted !== null) {
    const content = (quoted[1] ?? "").replace(/\\(.)/gs, "$1");
    return { token: { type: "text", text: content, quoted: true, at }, length: quoted[0].length };
  }
  if (text[at] === '"') throw new Unreadable(at, "a quote is opened and never closed");
  const bare = match(isValue ? VALUE : NAME)?.[0];
  if (isValue && bare !== undefined)
    return { token: { type: "text", text: bare, quoted: false, at }, length: bare.length };
  const operator = OPERATORS.find((known) => text.startsWith(known, at));
  if (operator !== undefined && !isValue) return { token: { type: "operator", operator, at }, length: operator.length };
  const two = text.slice(at, at + 2);
  const lexeme = bare ?? (SIGNS.has(two) ? two : text.charAt(at));
  const sign = SIGNS.get(lexeme.toLowerCase());
  if (sign !== undefined) return { token: { type: "sign", sign, at }, length: lexeme.length };
  if (bare === undefined) throw new Unreadable(at, `"${lexeme}" means nothing here`);
  return { token: { type: "text", text: bare, quoted: false, at }, length: bare.length };
}

/** Reads tokens by recursive descent: or → and → not → comparison, word or parentheses. */
class Reader {
  readonly #tokens: readonly Token[];
  readonly #end: number;
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], end: number) {
    this.#tokens = tokens;
    this.#end = end;
  }

  all(): Wants {
    const wants = this.#or();
    const left = this.#tokens[this.#at];
    if (left !== undefined) throw new Unreadable(left.at, "this parenthesis closes none");
    return wants;
  }

  #or(): Wants {
    const parts = [this.#and()];
    while (this.#takes("or")) parts.push(this.#and());
    return parts.length === 1 ? (parts[0] ?? never) : (exchange) => parts.some((wants) => wants(exchange));
  }

  #and(): Wants {
    const parts = [this.#not()];
    while (this.#takes("and") || this.#begins()) parts.push(this.#not());
    return parts.length === 1 ? (parts[0] ?? never) : (exchange) => parts.every((wants) => wants(exchange));
  }

  #not(): Wants {
    let negated = false;
    while (this.#takes("!")) negated = !negated;
    const wants = this.#one();
    return negated ? (exchange) => !wants(exchange) : wants;
  }

  #one(): Wants {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw new Unreadable(this.#end, "it ends where a word or comparison should follow");
    if (token.type === "sign" && token.sign === "(") return this.#parentheses(token.at);
    if (token.type === "operator") {
      throw new Unreadable(token.at, `before ${token.operator} stands no name, such as in path~/users*`);
    }
    if (token.type === "sign")
      throw new Unreadable(token.at, `"${token.sign}" stands where a word or comparison should`);
    const operator = this.#tokens[this.#at];
    if (operator?.type !== "operator") {
      if (token.quoted) throw new Unreadable(token.at, `"${token.text}" is compared with nothing`);
      return meant(meaningOfWord(token.text), token.at, token.at);
    }
    this.#at++;
    const value = this.#tokens[this.#at++];
    if (value?.type !== "text") {
      throw new Unreadable(value?.at ?? this.#end, `after ${token.text}${operator.operator} stands no value`);
    }
    return meant(meaningOfComparison(token.text, operator.operator, value.text), token.at, value.at);
  }

  #parentheses(opened: number): Wants {
    if (++this.#depth > DEEPEST)
      throw new Unreadable(opened, `parentheses lie in each other more than ${DEEPEST} deep`);
    const wants = this.#or();
    if (!this.#takes(")")) throw new Unreadable(opened, "a parenthesis is opened and never closed");
    this.#depth--;
    return wants;
  }

  /** Whether something comes that has to hold too. */
  #begins(): boolean {
    const token = this.#tokens[this.#at];
    return token !== undefined && (token.type !== "sign" || token.sign === "(" || token.sign === "!");
  }

  #takes(sign: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.type !== "sign" || token.sign !== sign) return false;
    this.#at++;
    return true;
  }
}

function never(): boolean {
  return false;
}

function meant(meaning: Meaning, nameAt: number, valueAt: number): Wants {
  if ("wants" in meaning) return meaning.wants;
  throw new Unreadable(meaning.of === "name" ? nameAt : valueAt, meaning.why);
}
