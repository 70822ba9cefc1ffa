/** What one word of a decision means, and what may be done about it; nothing where it is as it should be. */
export type Meaning = { readonly means: string; readonly remedy?: string };

/** RFC 9211's words for why the origin was asked, and the words that Cache-Status's `detail` has. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  "uri-miss": {
    means: "Nothing was stored under this URL.",
    remedy:
      "The first request to a URL is always one. If the same URL misses again, see whether its query holds something that changes each time, and whether what came was stored.",
  },
  "vary-miss": {
    means:
      "Responses are stored under this URL, but for other values of the fields that Vary names, or for another host name.",
    remedy: "See which fields the origin names in Vary; one like User-Agent or Cookie splits the cache by each client.",
  },
  miss: {
    means: "What is stored under this URL does not answer this request.",
    remedy: "Ask explain which rule kept the stored response from being used.",
  },
  request: {
    means: "The client demanded a new answer by its own Cache-Control or Pragma.",
    remedy: "Browsers do so when a page is reloaded. A client that always does needs its no-cache taken out.",
  },
  stale: {
    means: "What was stored had outlived its freshness, so that the origin was asked whether it still holds.",
    remedy: "A longer max-age, or stale-while-revalidate so that nobody waits for the answer.",
  },
  partial: {
    means: "Only a part of it was stored, and more was asked for.",
  },
  bypass: {
    means: "The request goes past the cache by its nature.",
  },
  method: {
    means: "Its method is not answered from a cache.",
    remedy: "Only GET, HEAD and QUERY are. Reads that are sent as POST could be GETs.",
  },
  collapsed: {
    means: "Another client asked for the same at the same time, and both were answered by one request to the origin.",
  },
  heuristic: {
    means: "The origin states no lifetime, so that it was guessed.",
    remedy: "Let the origin say Cache-Control: max-age=60, or set the guess with --ttl.",
  },
  rule: {
    means: "A rule of the config file says so.",
    remedy: "caching-proxy rules URL shows which one.",
  },
  "partial-content": {
    means: "Not stored: it is a part that does not say of what, or that nobody asked for.",
  },
  "range-not-satisfiable": {
    means: "Not stored: the range that was asked for lies outside of the resource.",
  },
  "not-modified": {
    means: "Not stored: the origin answered 304 to the client's own conditions, and there was nothing to freshen.",
  },
  "request-no-store": {
    means: "Not stored: the request said no-store.",
    remedy: "Take no-store out of what the client sends, if others may have the answer.",
  },
  "no-store": {
    means: "Not stored: the response said no-store.",
    remedy:
      "If it may be kept after all, let the origin give it a max-age instead, or no-cache, which keeps it and asks each time.",
  },
  private: {
    means: "Not stored: the response said private, which means for one user alone.",
    remedy: "If it is the same for everybody, let the origin say public, or give it an s-maxage.",
  },
  authorization: {
    means: "Not stored: the request had Authorization, and the response does not say that others may have it.",
    remedy: "If it does not depend on who asks, let the origin say public, s-maxage or must-revalidate.",
  },
  personal: {
    means: "Not stored: the exchange says who asks (a cookie, a token), and the response states no lifetime.",
    remedy:
      "If it does not depend on who asks, let the origin state a lifetime, such as Cache-Control: public, max-age=60.",
  },
  "vary-star": {
    means: "Not stored: Vary: * says that no other request can be answered by it.",
    remedy: "Let the origin name the fields that it really looks at.",
  },
  "status-not-understood": {
    means: "Not stored: must-understand was said for a status that this cache does not know.",
  },
  "status-not-cacheable": {
    means: "Not stored: a response with this status is kept only where it states a lifetime.",
    remedy: "Let the origin give it a max-age, if it may be kept.",
  },
  "no-lifetime-and-no-validator": {
    means: "Not stored: it would never be fresh, and has neither ETag nor Last-Modified to be asked about by.",
    remedy: "Let the origin send an ETag, or a lifetime.",
  },
  "too-large": {
    means: "Not stored: it is larger than --max-entry-size allows.",
    remedy: "Raise --max-entry-size if it is worth the room.",
  },
  "too-many-tags": {
    means: "Not stored: it has more tags than are kept, and could not be purged by each of them.",
    remedy: "Let the origin give it fewer tags.",
  },
  "end-not-provable": {
    means: "Not stored: nothing says where its content ends, so that a broken connection would look like its end.",
    remedy: "Let the origin send Content-Length, or use chunked coding.",
  },
  "request-at-fault": {
    means: "Not stored: it finds fault with this one request, and what is stored is good for others.",
  },
  "request-no-cache": {
    means: "The request said no-cache: no stored response without asking the origin.",
    remedy: "Browsers say it when a page is reloaded. A client that always does needs it taken out.",
  },
  "request-max-age": {
    means: "What is stored is older than the request's max-age allows.",
    remedy: "Browsers say max-age=0 when a page is reloaded. A client that always does needs it taken out.",
  },
  "request-min-fresh": {
    means: "What is stored does not stay fresh for as long as the request's min-fresh demands.",
  },
  "no-cache": {
    means: "The response said no-cache: it is kept, and the origin is asked each time whether it still holds.",
    remedy: "If it may be used without asking for a while, let the origin give it a max-age instead.",
  },
  expired: {
    means: "The lifetime of what is stored was over.",
    remedy: "A longer max-age, or stale-while-revalidate so that nobody waits for the answer.",
  },
  host: {
    means: "What is stored was asked for by another name of this proxy, or by another scheme.",
    remedy: "Let clients use one name.",
  },
  other: {
    means: "A reason without a word of its own; the Cache-Status of the exchanges has it.",
  },
  invalidated: {
    means: "Not stored: a change or a purge came between the request and its answer.",
  },
  "origin-rate-limited": {
    means: "The origin said 429 and when to come back; until then it is not asked.",
    remedy: "Ask for less, keep answers for longer, or turn it off by --quota off.",
  },
  "origin-overloaded": {
    means: "The origin said 503 and when to come back; until then it is not asked.",
    remedy: "See why the origin is overloaded.",
  },
  "origin-quota-low": {
    means: "Little is left of the origin's quota, and what is stored answered although it is stale.",
    remedy: "Keep answers for longer, so that fewer requests reach the origin.",
  },
  overloaded: {
    means: "As much was under way as --max-origin-connections, or the system's bound of open sockets, allows.",
    remedy: "See why the origin is slow, allow more, or keep answers for longer so that fewer reach it.",
  },
  "circuit-open": {
    means: "All addresses of the origin have failed several times in a row, so that none was asked.",
    remedy: "See why they fail; caching-proxy stats shows how each of them stands.",
  },
  "validation-failed": {
    means: "The origin's answer to the validation could not be used; what was stored answered.",
  },
  "stale-if-error": {
    means: "The origin answered with an error; what was stored answered although it is stale.",
    remedy: "See why the origin fails.",
  },
  "only-if-cached": {
    means: "The request wanted a stored response or none, and none would do.",
  },
  "origin-unreachable": {
    means: "The origin could not be reached.",
    remedy: "See that it runs, and that --origin is right.",
  },
  "origin-timeout": {
    means: "The origin did not begin to answer in time.",
    remedy: "See why it is slow, or allow it more with --timeout.",
  },
  offline: {
    means: "The proxy runs with --offline, and nothing that is stored may answer.",
    remedy: "Leave --offline out once, so that it is stored, or write a fixture.",
  },
  fixture: {
    means: "A fixture answered; its file is the key.",
  },
  "fixture-broken": {
    means: "The fixture for it cannot be read; its answer says in which line.",
    remedy: "Mend the file: it is read again as soon as it changes.",
  },
  unrecorded: {
    means: "There is no fixture for it, and with --frozen nothing else answers.",
    remedy: "The answer names the nearest fixture and what differs, and the file to write.",
  },
  "client-left": {
    means:
      "The client closed the connection, or sent nothing more of its request for two minutes (408), before the origin answered.",
    remedy: "Often a client's own timeout: see how long the origin takes.",
  },
  loop: {
    means: "The request had come through this proxy before: the origin leads back here.",
    remedy: "Check --origin.",
  },
  "method-not-supported": {
    means: "This method cannot be passed on to an origin.",
  },
  websocket: {
    means: "A WebSocket: it is passed through.",
  },
  "query-too-large": {
    means: "The content of a query is part of what it asks for, and this one was too large for that.",
    remedy: "Of a POST the rule's key.body says by maxSize how large it may be.",
  },
  "content-unreadable": {
    means: "A rule says that such a POST is a query, but its content is not of the type that the rule names.",
    remedy: "Let key.body name another type, or the client send what it says.",
  },
  "graphql-not-query": {
    means: "A GraphQL mutation or subscription, several requests in one, or one that cannot be told to be a query.",
  },
  "ambiguous-url": {
    means: "The URL holds bytes that are no valid text, so that it cannot be told from others like it.",
    remedy: "Let the client encode it as UTF-8.",
  },
  "precondition-for-origin": {
    means: "The request has a precondition that only the origin can judge.",
  },
  "bad-request": {
    means: "The request was not valid HTTP, and was refused.",
  },
  "internal-error": {
    means: "The proxy failed on this request; its terminal says why.",
    remedy: "Please report it with what the terminal says.",
  },
};

/** @param word of Cache-Status: `uri-miss`, `no-store` */
export function meaningOf(word: string): Meaning | undefined {
  return Object.hasOwn(MEANINGS, word) ? MEANINGS[word] : undefined;
}

/** The words of an exchange's *why*: `uri-miss, no-store`. */
export function wordsOf(why: string | undefined): readonly string[] {
  return why === undefined ? [] : why.split(", ");
}
