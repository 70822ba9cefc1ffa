import { useEffect, useState } from "preact/hooks";
import type { Connection } from "./feed.ts";
import { clockTime } from "./wording.ts";

const WORDS: Readonly<Record<Connection["type"], string>> = {
  connecting: "Connecting",
  live: "Live",
  disconnected: "Disconnected",
  unauthorised: "Token needed",
  refused: "Refused",
};

/** How we stand with the proxy, in a word. */
export function ConnectionState({ connection: { type } }: { readonly connection: Connection }) {
  return (
    <span class="connection" data-state={type} role="status">
      <span class="dot" aria-hidden="true" />
      {WORDS[type]}
    </span>
  );
}

type BannerProps = { readonly connection: Connection; readonly onRetry: () => void };

/** What is wrong with the connection, since when, and what is done about it. */
export function ConnectionBanner({ connection, onRetry }: BannerProps) {
  switch (connection.type) {
    case "connecting":
    case "live":
    case "unauthorised":
      return null;
    case "refused":
      return (
        <div class="banner" role="alert" data-state="refused">
          <p>
            <strong>The proxy does not let this page in.</strong> {connection.why}
          </p>
          <button type="button" onClick={onRetry}>
            Try again
          </button>
        </div>
      );
    case "disconnected":
      return (
        <div class="banner" role="alert" data-state="disconnected">
          <p>
            <strong>Disconnected since {clockTime(connection.since)}.</strong>{" "}
            {"What you see is kept; what you miss is fetched when the proxy is back."}{" "}
            <Countdown until={connection.retryAt} />
          </p>
          <button type="button" onClick={onRetry}>
            Try now
          </button>
        </div>
      );
  }
}

/** Hidden from screen readers: an alert that changes each second is read each second. */
function Countdown({ until }: { readonly until: number }) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.ceil((until - now) / 1000);
  return <span aria-hidden="true">{seconds > 0 ? `Next attempt in ${seconds} s.` : "Trying …"}</span>;
}
