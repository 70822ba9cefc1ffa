import type { Incoming } from "../http/exchange.ts";
import type { Operation, Outcome } from "./admin.ts";

/** Script and style of the live page. */
type Parts = { readonly script: string; readonly style: string };

/**
 * The live page: one document that needs nothing else, and of which a browser lets nothing else run or leave for another host.
 * @param load asked once the page is first asked for, and again where it failed
 */
export function pageOperation(load: () => Promise<Parts>): Operation {
  let made: Promise<Document> | undefined;
  return async (incoming) => {
    // What it fetches it names relative to its own folder.
    if (!incoming.url.pathname.endsWith("/")) return redirection(`${incoming.url.pathname}/`);
    made ??= load().then(documentOf);
    try {
      return answer(await made, incoming);
    } catch (error) {
      made = undefined;
      throw error;
    }
  };
}

type Document = { readonly body: Blob; readonly policy: string };

function documentOf({ script, style }: Parts): Document {
  const safeScript = script.replace(/<(?=\/script|!--)/gi, "\\x3C");
  const safeStyle = style.replace(/<(?=\/style)/gi, "\\3C ");
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>caching-proxy</title>
<link rel="icon" href="${ICON}">
<style>${safeStyle}</style>
</head>
<body>
<div id="page"><noscript>This page shows what the proxy does while it does it, and needs JavaScript for that.</noscript></div>
<script type="module">${safeScript}</script>
</body>
</html>
`;
  return { body: new Blob([html], { type: "text/html;charset=utf-8" }), policy: policyOf(safeScript, safeStyle) };
}

/** Nothing runs but our script, and nobody is asked but us. */
function policyOf(script: string, style: string): string {
  return [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "connect-src 'self'",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    // No text becomes markup or a script, whoever tries.
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
}

function hashOf(text: string): string {
  return `sha256-${new Bun.CryptoHasher("sha256").update(text).digest("base64")}`;
}

function answer({ body, policy }: Document, { request }: Incoming): Outcome {
  const headers = new Headers({
    "content-type": "text/html; charset=utf-8",
    "content-length": String(body.size),
    "cache-control": "no-store",
    "content-security-policy": policy,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
  });
  return { type: "response", response: { status: 200, headers, body: request.method === "HEAD" ? null : body } };
}

function redirection(location: string): Outcome {
  const headers = new Headers({ location, "cache-control": "no-store" });
  return { type: "response", response: { status: 308, headers, body: null } };
}

/** Three layers, the middle one kept. */
const ICON = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#14181d"/><g fill="none" stroke-width="3.4" stroke-linecap="round"><path d="M8 10h16" stroke="#7a8794"/><path d="M8 16h16" stroke="#35c98d"/><path d="M8 22h9" stroke="#7a8794"/></g></svg>',
)}`;
