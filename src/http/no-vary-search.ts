import { type Dictionary, type InnerList, type Item, isInnerList, parseDictionary } from "structured-headers";

/**
 * What No-Vary-Search says of a URL's query: which of its parameters make no difference, and whether their order does
 * (draft-ietf-httpbis-no-vary-search, §4, where it is called a URL variation config).
 */
export type NoVarySearch = {
  /** Which parameters make no difference: those that are named, or all but those. */
  readonly ignored: "named" | "others";
  /** Names as they are after decoding. */
  readonly names: ReadonlySet<string>;
  readonly order: "matters" | "ignored";
  /** The rule in one spelling, itself a value of the field and without `?`: rules that mean the same have the same. */
  readonly text: string;
};

/** Longer values, and those that name more, are not acted on: nobody needs them but who wants us to work. */
const MAX_LENGTH = 4096;
const MAX_NAMES = 64;

/**
 * Reads a No-Vary-Search field value, a Dictionary of RFC 9651 (draft-ietf-httpbis-no-vary-search §5).
 * @returns undefined where the URL counts as it is: the field is absent, invalid or without effect
 */
export function parseNoVarySearch(value: string | null): NoVarySearch | undefined {
  if (value === null || value.length > MAX_LENGTH) return undefined;
  let dictionary: Dictionary;
  try {
    dictionary = parseDictionary(value);
  } catch {
    // The package reports a syntax error by throwing; the URL then counts as it is (§5.2).
    return undefined;
  }
  const keyOrder = dictionary.get("key-order")?.[0] ?? false;
  if (typeof keyOrder !== "boolean") return undefined;
  const named = namedBy(dictionary);
  if (named === undefined) return undefined;
  const rule = noVarySearch(named.ignored, named.names, keyOrder ? "ignored" : "matters");
  // Written in our way it may have become longer.
  return rule.text === "" || rule.text.length > MAX_LENGTH ? undefined : rule;
}

/** The rule that says this; its text is empty where it says nothing. */
function noVarySearch(
  ignored: NoVarySearch["ignored"],
  names: readonly string[],
  order: NoVarySearch["order"],
): NoVarySearch {
  const each = new Set(names);
  const list = [...each].sort().map((name) => `"${encodeURIComponent(name)}"`);
  const members: string[] = [];
  if (ignored === "others") members.push(`except=(${list.join(" ")})`);
  else if (list.length > 0) members.push(`params=(${list.join(" ")})`);
  if (order === "ignored") members.push("key-order");
  return { ignored, names: each, order, text: members.join(", ") };
}

type Named = Pick<NoVarySearch, "ignored"> & { readonly names: readonly string[] };

/** What `params` and `except` say (§5.1); undefined where they are invalid. */
function namedBy(dictionary: Dictionary): Named | undefined {
  const params = dictionary.get("params");
  const except = dictionary.get("except");
  // Drafts before -04, and to this day browsers and their manuals, have a boolean `params`: it stands for all parameters, but
  // those that `except` names. It can mean nothing else, so it is understood, although the newest draft takes it for invalid.
  const all = params?.[0] === true;
  if (except === undefined && params === undefined) return { ignored: "named", names: [] };
  if (except === undefined && all) return { ignored: "others", names: [] };
  if (except !== undefined && params !== undefined && !all) return undefined;
  const names = namesIn(except ?? params);
  return names && { ignored: except === undefined ? "named" : "others", names };
}

/** The decoded names in an inner list of strings; undefined where it is something else. */
function namesIn(member: Item | InnerList | undefined): readonly string[] | undefined {
  if (member === undefined || !isInnerList(member) || member[0].length > MAX_NAMES) return undefined;
  const names: string[] = [];
  for (const [item] of member[0]) {
    // A Token is no String (§5.1).
    if (typeof item !== "string") return undefined;
    names.push(decodedName(item));
  }
  return names;
}

/** A name as it is after form decoding, in which it is written in the field as in a URL (§5.3). */
function decodedName(text: string): string {
  // As a value behind a name of ours, where neither `=` nor a leading `?` would be taken for more than it is.
  return new URLSearchParams(`x=${text.replaceAll("&", "%26")}`).get("x") ?? "";
}
