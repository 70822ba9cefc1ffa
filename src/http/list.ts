/**
 * Splits a comma-separated list field (RFC 9110 §5.6.1) at the commas that stand outside quoted strings; members are trimmed, empty ones dropped.
 * An unclosed quote takes the rest of the value with it, so nothing inside a quoted string is ever mistaken for a member.
 */
export function splitList(value: string): string[] {
  if (!value.includes('"')) {
    return value
      .split(",")
      .map((member) => member.trim())
      .filter((member) => member !== "");
  }
  const members: string[] = [];
  let start = 0;
  let quoted = false;
  for (let i = 0; i < value.length; i++) {
    const c = value.charCodeAt(i);
    if (quoted && c === BACKSLASH) i++;
    else if (c === QUOTE) quoted = !quoted;
    else if (c === COMMA && !quoted) {
      push(members, value.slice(start, i));
      start = i + 1;
    }
  }
  push(members, value.slice(start));
  return members;
}

/** Whether a quote is never closed. What is quoted and what is not can then only be guessed: any of the quotes may be the one too many. */
export function hasOpenQuote(value: string): boolean {
  let quoted = false;
  for (let i = value.indexOf('"'); i >= 0 && i < value.length; i++) {
    const c = value.charCodeAt(i);
    if (quoted && c === BACKSLASH) i++;
    else if (c === QUOTE) quoted = !quoted;
  }
  return quoted;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;

function push(members: string[], raw: string): void {
  const member = raw.trim();
  if (member !== "") members.push(member);
}

/** The content of a quoted-string (RFC 9110 §5.6.4) with its escapes undone, or the text itself where it is no quoted string. */
export function unquote(text: string): string {
  if (text.length < 2 || !text.startsWith('"') || !text.endsWith('"')) return text;
  return text.slice(1, -1).replace(/\\(.)/g, "$1");
}

/** Whether the text is a token (RFC 9110 §5.6.2), as every field name is; `Headers` throws at a name that is none. */
export function isToken(text: string): boolean {
  return /^[!#$%&'*+\-.^_`|~0-9a-z]+$/i.test(text);
}
