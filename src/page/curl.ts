import type { ShownExchange } from "../observe/shown-exchange.ts";

/** A command line that asks the proxy the same again, as far as it is known: neither fields nor content are. */
export function curlOf({ method, publicOrigin, path }: ShownExchange): string {
  const how = method === "GET" ? [] : method === "HEAD" ? ["--head"] : ["--request", quoted(method)];
  // Brackets and braces are no patterns here, and dots stay where they are.
  return ["curl", "--include", "--globoff", "--path-as-is", ...how, quoted(publicOrigin + path)].join(" ");
}

/** A word for a POSIX shell, whatever it holds. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
