import { essenceOf, isJson, parameterOf } from "../http/media-type.ts";
import { canonicalForm, canonicalParts, partsOf } from "./canonical-form.ts";
import { canonicalText, exactJson, textOf, withoutIgnored } from "./canonical-json.ts";
import { looksLikeDocument, type Operation, readDocument, selectedOperation } from "./graphql.ts";
import { graphqlRequest } from "./graphql-request.ts";
import { formDigest, queryDigest } from "./query.ts";

/** How the content of a request is part of what it asks for. */
export type KeyedContent = {
  /** What it has to be; `any` goes by its Content-Type, and byte by byte where that is none of the others. */
  readonly type: "any" | "json" | "graphql" | "form";
  /** What of it makes no difference: JSON pointers, in which `*` is any member, or names of a form's fields. */
  readonly ignore: readonly string[];
  /** Bytes: of larger contents nothing is stored. */
  readonly maxSize: number;
};

/** What tells a content from others of its URL, or why it is no query's. */
export type ContentDigest =
  | { readonly type: "query"; readonly digest: string }
  | { readonly type: "no-query"; readonly why: "content-unreadable" | "graphql-not-query" };

/** The same as what is done by it. */
export type ContentReading = Pick<KeyedContent, "maxSize"> & {
  readonly digestOf: (bytes: Uint8Array<ArrayBuffer>, headers: Headers, url: URL) => ContentDigest;
};

/** Reads contents as a rule says. */
export function contentReading(how: KeyedContent): ContentReading {
  return { maxSize: how.maxSize, digestOf: (bytes, headers, url) => contentDigest(bytes, headers, url, how) };
}

/**
 * Reads a content as a query. What might change something, or might be read as something else by the origin, is none.
 * @param url what the client asked for: GraphQL servers read it, too
 */
export function contentDigest(
  bytes: Uint8Array<ArrayBuffer>,
  headers: Headers,
  url: Pick<URL, "searchParams">,
  how: KeyedContent,
): ContentDigest {
  // What is coded is read by the origin alone.
  if (headers.has("content-encoding")) return UNREADABLE;
  const contentType = headers.get("content-type");
  const { type, ignore } = how;
  switch (type) {
    case "json":
      return ofJson() ?? UNREADABLE;
    case "graphql":
      return essenceOf(contentType) === GRAPHQL ? ofDocument() : (ofJson() ?? UNREADABLE);
    case "form":
      return ofForm() ?? UNREADABLE;
    case "any":
      if (essenceOf(contentType) === GRAPHQL) return ofDocument();
      return (isJson(contentType) ? ofJson() : ofForm()) ?? ofBytes();
  }

  function ofJson(): ContentDigest | undefined {
    const json = exactJson(bytes);
    if (json === undefined) return undefined;
    const graphql = graphqlRequest(json.value);
    switch (graphql.type) {
      case "none":
        return type === "graphql" ? UNREADABLE : inForm("json", canonicalText(withoutIgnored(json.value, ignore)));
      case "unclear":
        return NOT_QUERY;
      case "operation":
        if (!isPlainQuery(graphql.operation)) return NOT_QUERY;
        return inForm("graphql", canonicalText(withoutIgnored(graphql.request, ignore)));
    }
  }

  /** A GraphQL document by itself. */
  function ofDocument(): ContentDigest {
    const document = readDocument(textOf(bytes) ?? "");
    if (document === undefined) return UNREADABLE;
    const operation = selectedOperation(document, undefined);
    return operation !== undefined && isPlainQuery(operation) ? inForm("document", document.text) : NOT_QUERY;
  }

  function ofForm(): ContentDigest | undefined {
    const text = Buffer.from(bytes).toString("latin1");
    if (essenceOf(contentType) === "application/x-www-form-urlencoded") {
      if (isOfGraphql(new URLSearchParams(text).getAll("query"))) return NOT_QUERY;
      return inForm("form", canonicalForm(text, ignore));
    }
    const boundary = essenceOf(contentType).startsWith("multipart/") && parameterOf(contentType, "boundary");
    const parts = boundary ? partsOf(text, boundary) : undefined;
    if (parts === undefined) return undefined;
    // GraphQL requests with files have their operations in such a part; who sends files changes something.
    if (parts.some(({ name }) => name === "operations")) return NOT_QUERY;
    if (isOfGraphql(parts.flatMap(({ name, content }) => (name === "query" ? [content] : [])))) return NOT_QUERY;
    return inForm("parts", canonicalParts(parts, ignore));
  }

  /** Nothing is known of it but that no GraphQL server may take it for a change. */
  function ofBytes(): ContentDigest {
    const json = exactJson(bytes);
    const isGraphql =
      json === undefined
        ? looksLikeDocument(new TextDecoder().decode(bytes))
        : graphqlRequest(json.value).type !== "none";
    if (isGraphql) return NOT_QUERY;
    return { type: "query", digest: queryDigest(bytes, headers) };
  }

  /** Servers that take a document from the URL prefer that. */
  function isPlainQuery(operation: Operation): boolean {
    return operation.type === "query" && !IN_URLS.some((name) => url.searchParams.has(name));
  }

  function inForm(form: string, text: string | undefined): ContentDigest {
    if (text === undefined) return UNREADABLE;
    return { type: "query", digest: formDigest(form, text, withoutBoundary(headers)) };
  }
}

/** Whether a field that GraphQL servers read has anything that may be a document. */
function isOfGraphql(queries: readonly string[]): boolean {
  return queries.some((query) => readDocument(query) !== undefined || looksLikeDocument(query));
}

/** What is drawn by lot says nothing of a content. */
function withoutBoundary(headers: Headers): Headers {
  const type = headers.get("content-type");
  if (!essenceOf(type).startsWith("multipart/")) return headers;
  const without = new Headers(headers);
  without.set("content-type", (type ?? "").replace(/;[ \t]*boundary=(?:"[^"\\]*"|[^;\s"]*)/i, ""));
  return without;
}

const GRAPHQL = "application/graphql";
const IN_URLS = ["query", "operationName", "extensions", "documentId"];
const UNREADABLE: ContentDigest = { type: "no-query", why: "content-unreadable" };
const NOT_QUERY: ContentDigest = { type: "no-query", why: "graphql-not-query" };
