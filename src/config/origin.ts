import { socketUrl } from "../http/unix-socket.ts";
import { maskedSetting } from "./given.ts";
import { accept, type Parsed, refuse } from "./parsed.ts";

/** Reads the URL of an origin. Its base path is kept without a trailing slash (as a URL, no path at all still reads `/`). */
export function parseOrigin(text: string): Parsed<URL> {
  if (/^(?:http\+)?unix:/i.test(text)) return parseSocket(text);
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) {
    const guess = `http://${text}`;
    return refuse(
      /^[\w.[\]-]/.test(text) && !/^https?:/i.test(text) && URL.canParse(guess)
        ? `has no scheme; did you mean ${maskedSetting(guess)}?`
        : "is not a URL; write it as http://example.com",
    );
  }
  if (scheme !== "http" && scheme !== "https") return refuse("must begin with http:// or https://");
  if (/[\s\\]/.test(text) || !URL.canParse(text)) return refuse("is not a valid URL; write it as http://example.com");
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") {
    return refuse("holds credentials, which would be sent for every client; let clients send Authorization themselves");
  }
  if (/[?#]/.test(text)) return refuse("must end with its path: a query or a fragment cannot be kept");
  url.pathname = url.pathname.replace(/\/+$/, "");
  return accept(url);
}

/** Reads `unix:/run/app.sock`, with a base path behind another colon, and `http+unix://%2Frun%2Fapp.sock/base`. */
function parseSocket(text: string): Parsed<URL> {
  const plain = /^unix:(\/[^:]+)(?::(\/[^?#\s]*))?$/i.exec(text);
  const encoded = /^http\+unix:\/\/(%2f[^/?#:]*)(\/[^?#\s]*)?$/i.exec(text);
  const path = plain?.[1] ?? decoded(encoded?.[1]);
  if (path === undefined) {
    return refuse("is no socket: write unix:/run/app.sock, with a base path unix:/run/app.sock:/base");
  }
  return accept(socketUrl(path, (plain?.[2] ?? encoded?.[2] ?? "/").replace(/\/+$/, "")));
}

function decoded(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
