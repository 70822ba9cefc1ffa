import { splitList } from "../http/list.ts";
import type { Operation } from "./admin.ts";

/** Metrics as text, with the media type of the format. */
export type Scrape = (format: "prometheus" | "openmetrics") => Promise<{
  readonly contentType: string;
  readonly text: string;
}>;

/** Shows metrics in the format that the request prefers: OpenMetrics where it says so, else Prometheus' own. */
export function metricsOperation(scrape: Scrape): Operation {
  return async ({ request }) => {
    const { contentType, text } = await scrape(preferred(request.headers.get("accept")));
    const body = new Blob([text]);
    const headers = new Headers({
      "content-type": contentType,
      "cache-control": "no-store",
      vary: "Accept",
      "content-length": String(body.size),
    });
    return { type: "response", response: { status: 200, headers, body: request.method === "HEAD" ? null : body } };
  };
}

/** OpenMetrics 1.0.0 where the request names it and weighs it no less than plain text (RFC 9110 §12.5.1). */
function preferred(accept: string | null): "prometheus" | "openmetrics" {
  let [openmetrics, plain] = [0, 0];
  for (const member of splitList(accept ?? "")) {
    const [type = "", ...parameters] = member.split(";").map((part) => part.trim().toLowerCase());
    const weight = Number(parameters.find((part) => part.startsWith("q="))?.slice(2) ?? 1);
    const version = parameters.find((part) => part.startsWith("version="))?.slice("version=".length);
    if (type === "application/openmetrics-text" && (version ?? "1.0.0") === "1.0.0") {
      openmetrics = Math.max(openmetrics, weight);
    }
    if (type === "text/plain") plain = Math.max(plain, weight);
  }
  return openmetrics > 0 && openmetrics >= plain ? "openmetrics" : "prometheus";
}
