/**
 * Says in a request's Cache-Control what `init.cache` wants (Fetch standard, HTTP-network-or-cache fetch). Nothing that is stored answers
 * against its own rules: `force-cache` takes what is stale, and not what says must-revalidate.
 * @param headers changed in place
 * @returns what no field can say
 */
export function sayCacheMode(mode: Request["cache"], headers: Headers): "as-said" | "past" | "anew" {
  switch (mode) {
    case "default":
      return "as-said";
    case "no-store":
      say(headers, "no-cache, no-store");
      if (!headers.has("pragma")) headers.set("pragma", "no-cache");
      return "past";
    case "reload":
      say(headers, "no-cache");
      if (!headers.has("pragma")) headers.set("pragma", "no-cache");
      return "anew";
    case "no-cache":
      say(headers, "no-cache");
      return "as-said";
    case "force-cache":
      say(headers, "max-stale");
      return "as-said";
    case "only-if-cached":
      say(headers, "only-if-cached, max-stale");
      return "as-said";
  }
}

function say(headers: Headers, directives: string): void {
  headers.append("cache-control", directives);
}
