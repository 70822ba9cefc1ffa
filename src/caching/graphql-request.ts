import { looksLikeDocument, type Operation, readDocument, selectedOperation } from "./graphql.ts";

/** What a JSON value asks of a GraphQL server. */
export type GraphqlRequest =
  /** It is meant for somebody else. */
  | { readonly type: "none" }
  /** What it does cannot be told: several in a list, a document that only the server has, one that cannot be read. */
  | { readonly type: "unclear" }
  | {
      readonly type: "operation";
      readonly operation: Operation;
      /** The request in one form of all that mean the same. */
      readonly request: object;
    };

/** Reads a request (GraphQL over HTTP §5.1). */
export function graphqlRequest(value: unknown): GraphqlRequest {
  if (Array.isArray(value)) return value.some((one) => oneRequest(one).type !== "none") ? UNCLEAR : NONE;
  return oneRequest(value);
}

function oneRequest(value: unknown): GraphqlRequest {
  if (!isObject(value)) return NONE;
  const query: unknown = Reflect.get(value, "query");
  if (isPersisted(value)) return UNCLEAR;
  if (typeof query !== "string") return NONE;
  const document = readDocument(query);
  if (document === undefined) return looksLikeDocument(query) ? UNCLEAR : NONE;
  const name: unknown = Reflect.get(value, "operationName") ?? undefined;
  if (name !== undefined && typeof name !== "string") return UNCLEAR;
  const operation = selectedOperation(document, name);
  if (operation === undefined) return UNCLEAR;
  return { type: "operation", operation, request: stated({ ...value, query: document.text }) };
}

/** The same value with documents, also of several requests in a list, of their tokens alone. */
export function withPlainDocuments(value: unknown): unknown {
  return Array.isArray(value) ? value.map(withPlainDocument) : withPlainDocument(value);
}

function withPlainDocument(value: unknown): unknown {
  const document = documentIn(value);
  return document === undefined || !isObject(value) ? value : { ...value, query: document.text };
}

/** The name of the operation that is asked for: as it is stated, or the first one's; undefined where it has none. */
export function operationName(value: unknown): string | undefined {
  const document = documentIn(value);
  if (document === undefined || !isObject(value)) return undefined;
  const name: unknown = Reflect.get(value, "operationName");
  return typeof name === "string" ? name : document.operations.find((operation) => operation.name !== undefined)?.name;
}

/** Where a server keeps documents, a request names one; what that does is the server's secret. */
function isPersisted(value: object): boolean {
  const extensions: unknown = Reflect.get(value, "extensions");
  return "documentId" in value || (isObject(extensions) && "persistedQuery" in extensions);
}

/** What may be left out is as if it were (GraphQL over HTTP §5.1). */
function stated(request: object): object {
  const isSaid = ([name, value]: readonly [string, unknown]): boolean =>
    !OPTIONAL.has(name) || (value !== null && !isEmptyObject(value));
  return Object.fromEntries(Object.entries(request).filter(isSaid));
}

function isEmptyObject(value: unknown): boolean {
  return isObject(value) && !Array.isArray(value) && Object.keys(value).length === 0;
}

const OPTIONAL: ReadonlySet<string> = new Set(["operationName", "variables", "extensions"]);

function documentIn(value: unknown) {
  const query: unknown = isObject(value) ? Reflect.get(value, "query") : undefined;
  return typeof query === "string" ? readDocument(query) : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

const NONE: GraphqlRequest = { type: "none" };
const UNCLEAR: GraphqlRequest = { type: "unclear" };
