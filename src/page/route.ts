/** The views, in the order of the tabs. */
export const VIEWS = ["overview", "requests", "entries", "why", "health"] as const;
export type View = (typeof VIEWS)[number];

/** What the address says after `#`: `#/requests?filter=miss`. */
export type Route = { readonly view: View; readonly parameters: URLSearchParams };

/** Reads a location's hash; what it does not know is the overview. */
export function readRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  return { view: VIEWS.find((view) => view === path) ?? "overview", parameters: new URLSearchParams(query) };
}

/** Where a link to a view goes. */
export function linkTo(view: View, parameters: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams(parameters).toString();
  return `#/${view}${query === "" ? "" : `?${query}`}`;
}
