import { REMEMBERED_URLS, rememberedTexts } from "./remembered.ts";
import { type SecretNames, secretNames } from "./secret-names.ts";
import { hasShape, looksRandom, SHAPES } from "./secret-shapes.ts";

/** What stands for a secret: nobody's business who only looks at what is there. */
export const HIDDEN = "***";

/** A URL, or a part of one from its path on, without the secrets in it, for logs and for whoever watches. */
export type Mask = (text: string) => string;

/**
 * Makes a mask: values of parameters that are named like credentials, and what is a secret by its look wherever it stands, give way to
 * `***`. What was masked is remembered, since the same URLs come again and again.
 * @param further names that are secrets besides, `*` for any text; with a `!` in front names that are none
 */
export function masking(further: readonly string[]): Mask {
  const verdictOn = secretNames(further);
  return rememberedTexts(REMEMBERED_URLS, (text) => masked(text, verdictOn, 0));
}

/** Names that the fixtures leave alone where the value looks harmless. In a log nothing is lost by hiding these, too. */
const ALWAYS =
  /(?:token|auth|sig|signature|sid|session|session[-_.]?id|sess|credential|assertion|ticket|verifier|[cx]srf|hmac|pin)$/i;

/** A URL in a URL in a URL is looked at; whoever nests them deeper is hidden whole. */
const DEEPEST = 3;

function masked(text: string, verdictOn: SecretNames, depth: number): string {
  const bare = hasShape(text) ? SHAPES.reduce((rest, { pattern }) => rest.replaceAll(pattern, HIDDEN), text) : text;
  if (!bare.includes("=") || (USUAL.test(bare) && areHarmless(bare, verdictOn))) return bare;
  const start = bare.search(/[?#]/);
  const path = start < 0 ? bare : bare.slice(0, start);
  const pieces = start < 0 ? [] : bare.slice(start).split(/([?&#\s])/);
  // A path has parameters of its own behind each `;`: `/cart;jsessionid=…`.
  return [
    ...path.split(/(\/)/).map((segment) => (segment.includes(";") ? maskedPairs(segment, verdictOn, depth) : segment)),
    ...pieces.map((piece) => (piece.includes("=") ? maskedPairs(piece, verdictOn, depth) : piece)),
  ].join("");
}

/** A path, and parameters without anything coded in them: so are most, and to take them apart would be most of the work. */
const USUAL = /^[^?#;%+\s]*\?[^?#;%+\s]*$/;

/** Whether all parameters of a usual target have harmless names. */
function areHarmless(target: string, verdictOn: SecretNames): boolean {
  let begin = target.indexOf("?") + 1;
  for (let equals = target.indexOf("=", begin); equals >= 0; equals = target.indexOf("=", begin)) {
    const name = target.slice(Math.max(begin, target.lastIndexOf("&", equals) + 1), equals);
    if (verdictOn(name) !== "plain") return false;
    const end = target.indexOf("&", equals);
    if (end < 0) return true;
    begin = end + 1;
  }
  return true;
}

/** Between two `&`. To some origins a `;` divides as well; what stands behind one in the value of a secret is taken for more of it. */
function maskedPairs(pairs: string, verdictOn: SecretNames, depth: number): string {
  const shown: string[] = [];
  for (const pair of pairs.split(";")) {
    const equals = pair.indexOf("=");
    const [name, value] = equals < 0 ? [pair, ""] : [decoded(pair.slice(0, equals)), pair.slice(equals + 1)];
    const verdict = equals < 0 ? "plain" : verdictOn(name);
    if (verdict === "secret" || (verdict === "if-random" && mayBeSecret(name, value))) {
      shown.push(`${pair.slice(0, equals + 1)}${HIDDEN}`);
      break;
    }
    shown.push(isInnocent(decoded(value), value, verdictOn, depth) ? pair : `${pair.slice(0, equals + 1)}${HIDDEN}`);
  }
  return shown.join(";");
}

function mayBeSecret(name: string, value: string): boolean {
  return value !== "" && (ALWAYS.test(name) || looksRandom(decoded(value)) || looksRandom(value));
}

/** Whether a value holds no secret within it: another URL, say, or a coded token. */
function isInnocent(plain: string, written: string, verdictOn: SecretNames, depth: number): boolean {
  if (plain === written) return true;
  if (depth === DEEPEST) return !/[%=]/.test(plain);
  const query = `?${plain}`;
  return masked(query, verdictOn, depth + 1) === query;
}

function decoded(text: string): string {
  if (!/[%+]/.test(text)) return text;
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    // No UTF-8: then it is looked at as it was written.
    return text;
  }
}
