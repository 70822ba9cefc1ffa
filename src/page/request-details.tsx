import { useEffect, useRef } from "preact/hooks";
import type { ShownExchange } from "../observe/shown-exchange.ts";
import type { AdminApi } from "./admin-api.ts";
import { CopyButton } from "./copy-button.tsx";
import { curlOf } from "./curl.ts";
import { Explanation } from "./explanation.tsx";
import { type Fact, Facts } from "./facts.tsx";
import { OutcomeBadge } from "./outcome-badge.tsx";
import { linkTo } from "./route.ts";
import { storyOf } from "./story.ts";
import { NARROW } from "./virtual-rows.ts";
import { clockTime, shortBytes, shortMs, shortSpan } from "./wording.ts";

type DetailsProps = { readonly api: AdminApi; readonly exchange: ShownExchange; readonly onClose: () => void };

/** One exchange in full: what happened, why, and what would happen now. */
export function RequestDetails({ api, exchange, onClose }: DetailsProps) {
  const { outcome, status, method, path, publicOrigin, masked } = exchange;
  const { sentences, remedies } = storyOf(exchange);
  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    place.current?.scrollTo(0, 0);
    // There it covers the list.
    if (matchMedia(NARROW).matches) place.current?.focus();
  }, [exchange]);
  return (
    <aside ref={place} class="details" tabIndex={-1} aria-label="The selected exchange">
      <header>
        <OutcomeBadge outcome={outcome} />
        <strong>{status}</strong>
        <span class="details-time">{clockTime(exchange.at)}</span>
        <button type="button" class="icon" aria-label="Close (Escape)" title="Close (Escape)" onClick={onClose}>
          <span aria-hidden="true">✕</span>
        </button>
      </header>
      <p class="details-path code">
        {method} {masked?.path ?? path}
      </p>
      <div class="actions">
        <CopyButton label="Copy as curl" text={curlOf(exchange)} />
        <CopyButton label="Copy URL" text={publicOrigin + path} />
        <a class="button" href={linkTo("entries", { url: path })}>
          What is stored
        </a>
      </div>
      <h3>Why</h3>
      <ul class="story">
        {sentences.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      {remedies.length > 0 && (
        <div class="remedies">
          <h4>What may be done</h4>
          {remedies.map((remedy) => (
            <p key={remedy}>{remedy}</p>
          ))}
        </div>
      )}
      <h3>Facts</h3>
      <Known exchange={exchange} />
      <h3>What would happen now</h3>
      <Explanation api={api} exchange={exchange} />
    </aside>
  );
}

const CODE = ["Key", "Cache-Status"];

function Known({ exchange }: { readonly exchange: ShownExchange }) {
  const { durationMs, originMs, bytes, ttl, stored, collapsed, tier, worker, client, at, masked } = exchange;
  const { key, cacheStatus } = { ...exchange, ...masked };
  const facts: readonly Fact[] = [
    ["Asked", new Date(at).toLocaleString()],
    ["By name of", exchange.publicOrigin],
    ["Client", client],
    ["Took", shortMs(durationMs)],
    ["Of that the origin", originMs === undefined ? undefined : shortMs(originMs)],
    ["Content", bytes === undefined ? "streamed, length unknown" : shortBytes(bytes)],
    ["Freshness left", ttl === undefined ? undefined : ttl < 0 ? `stale for ${shortSpan(-ttl)}` : shortSpan(ttl)],
    ["Stored", stored === undefined ? undefined : stored ? "yes" : "no"],
    ["Collapsed", collapsed ? "with another request for the same" : undefined],
    ["Lay in", tier],
    ["Key", key],
    ["Worker", worker === 0 ? undefined : String(worker)],
    ["Cache-Status", cacheStatus],
  ];
  return <Facts facts={facts} code={CODE} />;
}
