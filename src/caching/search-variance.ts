import type { NoVarySearch } from "../http/no-vary-search.ts";

/**
 * What is left of a query where a No-Vary-Search rule applies: two queries are equivalent under the rule if and only if the
 * same is left of them (draft-ietf-httpbis-no-vary-search §6). Names and values are decoded as a form's and encoded anew.
 * @param search empty, or with the leading `?`
 * @returns empty, or with the leading `?`; holds no space
 */
export function reducedSearch(search: string, rule: NoVarySearch): string {
  const kept = new URLSearchParams();
  for (const [name, value] of new URLSearchParams(search)) {
    if (rule.names.has(name) === (rule.ignored === "others")) kept.append(name, value);
  }
  // By code units and stable, as §6 wants it.
  if (rule.order === "ignored") kept.sort();
  return kept.size === 0 ? "" : `?${kept}`;
}
