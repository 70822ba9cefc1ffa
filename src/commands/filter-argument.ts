import { visible } from "../observe/access-text.ts";
import { parseFilter } from "../observe/filter.ts";
import { Failure } from "./failure.ts";

/**
 * Checks a filter before the proxy is asked, so that the place of a mistake can be shown.
 * @throws Failure with a caret under the place
 */
export function checkedFilter(text: string): string {
  const filter = parseFilter(text);
  if (filter.type === "filter") return text;
  const place = visible(text.slice(0, filter.at)).length;
  throw new Failure(2, `--filter cannot be read: ${filter.why}\n  ${visible(text)}\n  ${" ".repeat(place)}^`);
}
