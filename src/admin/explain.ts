import { asDetail } from "../http/problem.ts";
import { json, type Operation, type Outcome } from "./admin.ts";

/** A request that somebody wonders about. */
export type Wondered = {
  /** A path or a URL, of the proxy or of the origin. */
  readonly url: string;
  readonly method: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
};

/** What was named is nothing of ours; why, in a sentence without a full stop. */
type Unknown = { readonly type: "refused"; readonly why: string };

/** Tells what would be done with a request, by names that stand for what was reached under `publicOrigin`. */
export type ExplainSource = (wondered: Wondered, publicOrigin: string) => Promise<object | Unknown>;

const PARAMETERS = ["url", "method", "header"];
const TOKEN = /^[!#$%&'*+\-.^_`|~\w]+$/;

/** `GET …/explain?url=…&method=…&header=Name:value`: what would be done with a request and why. Nothing is fetched or changed. */
export function explainOperation(explain: ExplainSource): Operation {
  return async ({ url: { searchParams, origin: publicOrigin } }) => {
    const wondered = readWondered(searchParams);
    if ("problem" in wondered) return wondered;
    const explained = await explain(wondered, publicOrigin);
    return isRefused(explained) ? bad(asDetail(explained.why)) : json(explained);
  };
}

/** Reads what somebody wonders about, or says what is wrong with it. */
export function readWondered(parameters: URLSearchParams): Wondered | Extract<Outcome, { readonly type: "problem" }> {
  const unknown = [...parameters.keys()].find((name) => !PARAMETERS.includes(name));
  if (unknown !== undefined) return bad(`There is no parameter ${unknown}. There are: ${PARAMETERS.join(", ")}.`);
  const twice = ["url", "method"].find((name) => parameters.getAll(name).length > 1);
  if (twice !== undefined) return bad(`${twice}= is given twice; what the URL has in its own query is to be encoded.`);
  const url = parameters.get("url");
  if (url === null) return bad("url= is missing: write a path or a URL, as in explain?url=/products/1.");
  const method = parameters.get("method") ?? "GET";
  if (!TOKEN.test(method)) return bad(`method "${method}" is none: write one such as GET or HEAD.`);
  if (method === "QUERY") {
    return bad(
      "A QUERY is known by its content, which is not asked about here; /entries?url= shows what QUERYs brought.",
    );
  }
  const headers: (readonly [string, string])[] = [];
  for (const text of parameters.getAll("header")) {
    const colon = text.indexOf(":");
    const name = text.slice(0, Math.max(0, colon)).trim().toLowerCase();
    const value = text.slice(colon + 1).trim();
    if (!TOKEN.test(name)) return bad(`header ${JSON.stringify(text)} is no field: write it as Name: value.`);
    if (/[^\t\x20-\x7e\x80-\xff]/.test(value)) return bad(`The field ${name} holds characters that no field may hold.`);
    if (name === "host" && URL.parse(`http://${value}`)?.host !== value.toLowerCase().replace(/:80$/, "")) {
      return bad(`header ${JSON.stringify(text)} names no host.`);
    }
    headers.push([name, value]);
  }
  return { url, method, headers };
}

function isRefused(explained: object): explained is Unknown {
  return "type" in explained && explained.type === "refused";
}

function bad(detail: string): Extract<Outcome, { readonly type: "problem" }> {
  return { type: "problem", problem: { status: 400, title: "Bad question to explain", detail } };
}
