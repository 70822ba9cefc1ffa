import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { AdminApi } from "./admin-api.ts";
import type { DetailedEntry, EntriesOfUrl } from "./entries-answer.ts";
import { EntriesCompare } from "./entries-compare.tsx";
import { Freshness, useSecondsSince } from "./entries-freshness.tsx";
import { whyNot } from "./entries-requests.ts";
import { clockTime, shortBytes, shortCount, shortSpan } from "./wording.ts";

type EntryDetailProps = {
  readonly api: AdminApi;
  /** Path and query. */
  readonly path: string;
  /** Changes whenever what is stored may be another than before. */
  readonly listedAt: number;
  readonly onPurge: (path: string, count: number) => void;
  readonly onRefresh: (path: string) => void;
  readonly onTag: (tag: string) => void;
  readonly onClose: () => void;
};

type Known = { readonly path: string; readonly entries: readonly DetailedEntry[]; readonly at: number };

/** All that is stored for a URL, with its fields. */
export function EntryDetail({ api, path, listedAt, onPurge, onRefresh, onTag, onClose }: EntryDetailProps) {
  const [known, setKnown] = useState<Known>();
  const [failure, setFailure] = useState<string>();
  const [isComparing, setComparing] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const leaving = new AbortController();
    const parameters = new URLSearchParams({ url: path });
    api.get<EntriesOfUrl>(`entries?${parameters}`, leaving.signal).then((answer) => {
      if (leaving.signal.aborted) return;
      setFailure(whyNot(answer));
      if (answer.type === "ok") setKnown({ path, entries: answer.value.entries, at: performance.now() });
    });
    return () => leaving.abort();
  }, [api, path, listedAt]);
  useLayoutEffect(() => {
    setComparing(false);
    heading.current?.focus();
  }, [path]);
  const shown = known?.path === path ? known : undefined;

  return (
    <aside
      class="details entries-detail"
      aria-label={`Details of ${path}`}
      onKeyDown={(event) => {
        if (event.key === "Escape") onClose();
      }}
    >
      <header>
        <h2 ref={heading} tabIndex={-1}>
          {path}
        </h2>
        <button type="button" class="icon" aria-label="Close details" onClick={onClose}>
          <span aria-hidden="true">✕</span>
        </button>
      </header>
      <div class="details-deeds">
        <button type="button" onClick={() => onRefresh(path)}>
          Refresh
        </button>
        <button type="button" aria-pressed={isComparing} onClick={() => setComparing(!isComparing)}>
          Compare with live
        </button>
        {shown !== undefined && shown.entries.length > 0 && (
          <button type="button" class="danger" onClick={() => onPurge(path, shown.entries.length)}>
            Purge …
          </button>
        )}
      </div>
      {failure !== undefined && (
        <p class="field-error" role="alert">
          {failure}
        </p>
      )}
      {isComparing && <EntriesCompare key={path} api={api} path={path} />}
      {shown === undefined && failure === undefined && <p role="status">Looking it up …</p>}
      {shown?.entries.length === 0 && <p>Nothing is stored for it.</p>}
      {shown?.entries.map((entry, i) => (
        <Variant
          key={`${entry.publicOrigin} ${JSON.stringify(entry.selecting)} ${entry.worker} ${entry.part} ${entry.query}`}
          entry={entry}
          at={shown.at}
          title={shown.entries.length === 1 ? "Stored response" : `Variant ${i + 1} of ${shown.entries.length}`}
          onTag={onTag}
        />
      ))}
    </aside>
  );
}

type VariantProps = {
  readonly entry: DetailedEntry;
  readonly at: number;
  readonly title: string;
  readonly onTag: (tag: string) => void;
};

/** One stored response. */
function Variant({ entry, at, title, onTag }: VariantProps) {
  const elapsed = useSecondsSince(at);
  const { status, lifetime, ageSeconds, ttlSeconds, bytes, bodyBytes, hits, selecting, tags, headers } = entry;
  const selected = Object.entries(selecting);
  return (
    <section class="variant">
      <h3>{title}</h3>
      <dl class="facts">
        <Fact name="Freshness">
          <Freshness ageSeconds={ageSeconds + elapsed} ttlSeconds={ttlSeconds - elapsed} />
        </Fact>
        <Fact name="Lifetime">{`${shortSpan(lifetime.seconds)}, from ${lifetime.source}`}</Fact>
        {entry.noCache === true && <Fact name="no-cache">validated before each use</Fact>}
        <Fact name="Status">{`${entry.method} ${status}`}</Fact>
        <Fact name="Age">{`${shortSpan(ageSeconds + elapsed)}, received at ${clockTime(Date.parse(entry.receivedAt))}`}</Fact>
        <Fact name="Size">{`${shortBytes(bytes)}, of which ${shortBytes(bodyBytes)} are content`}</Fact>
        {hits !== undefined && <Fact name="Hits">{shortCount(hits)}</Fact>}
        <Fact name="Asked for at">{entry.publicOrigin}</Fact>
        {selected.length > 0 && (
          <Fact name="Only for requests with">
            <ul>
              {selected.map(([name, value]) => (
                <li key={name}>{value === null ? `no ${name}` : `${name}: ${value}`}</li>
              ))}
            </ul>
          </Fact>
        )}
        {entry.part !== undefined && <Fact name="Part">{entry.part}</Fact>}
        {entry.noVarySearch !== undefined && <Fact name="No-Vary-Search">{entry.noVarySearch}</Fact>}
        {entry.query !== undefined && (
          <Fact name={`Answers a ${entry.method} whose content has the digest`}>{entry.query}</Fact>
        )}
        {entry.worker !== undefined && <Fact name="Worker">{String(entry.worker)}</Fact>}
        {tags.length > 0 && (
          <Fact name="Tags">
            {tags.map((tag) => (
              <button key={tag} type="button" class="mark" title="Show all with this tag" onClick={() => onTag(tag)}>
                {tag}
              </button>
            ))}
          </Fact>
        )}
      </dl>
      <h4>Header fields</h4>
      <dl class="fields">
        {headers.map(([name, value], i) => (
          <Fact key={i} name={name}>
            {value}
          </Fact>
        ))}
      </dl>
    </section>
  );
}

type FactProps = { readonly name: string; readonly children: preact.ComponentChildren };

function Fact({ name, children }: FactProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
