import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { ViewProps } from "./app.tsx";
import { type EntriesPage, pathBelow } from "./entries-answer.ts";
import { EntriesConfirm, type Question } from "./entries-confirm.tsx";
import { EntryDetail } from "./entries-detail.tsx";
import { useSecondsSince } from "./entries-freshness.tsx";
import { EntriesGrid } from "./entries-grid.tsx";
import type { Deed } from "./entries-keys.ts";
import { useListing } from "./entries-listing.ts";
import { refresh, whyNot } from "./entries-requests.ts";
import { EntriesToolbar, type Narrowing } from "./entries-toolbar.tsx";
import { type Folder, leavesOf, nameOf, rowsOf, type TreeNode, treeOf } from "./entries-tree.ts";
import { Notice } from "./notice.tsx";
import { useShortcuts } from "./shortcuts.ts";
import { shortBytes, shortCount, shortSpan } from "./wording.ts";

/** A tree with no more than this is shown with its folders open. */
const FEW = 60;
/** While somebody types, nothing is asked for. */
const TYPING_MS = 250;
const NONE: EntriesPage["entries"] = [];

/** What is stored, as a tree of paths, and what can be done with it. */
export function EntriesView({ api, state: { connection }, parameters }: ViewProps) {
  const [narrowing, setNarrowing] = useState(() => narrowingOf(parameters));
  const [chosen, setChosen] = useState(parameters.get("url") ?? undefined);
  // A link elsewhere on the page leads here, too.
  useEffect(() => {
    setNarrowing(narrowingOf(parameters));
    setChosen(parameters.get("url") ?? undefined);
  }, [parameters.toString()]);
  const { search, tag, state, order } = narrowing;
  // What begins like a path is asked of the proxy, which may have more than what is here.
  const isPrefix = search.startsWith("/");
  const wanted = { prefix: useSettled(isPrefix ? search : "/"), tag: useSettled(tag), state };
  const { page, at, isLoading, failure, reload } = useListing(api, wanted, connection.type === "live");
  const elapsed = useSecondsSince(at);

  const root = useMemo(() => {
    const text = search.toLowerCase();
    const origin = page?.origin ?? "";
    const all = page?.entries ?? NONE;
    const shown =
      isPrefix || text === "" ? all : all.filter((entry) => pathBelow(origin, entry).toLowerCase().includes(text));
    return treeOf(shown, origin, order);
  }, [page, isPrefix, search, order]);

  const [folds, setFolds] = useState<Folds>({ all: undefined, single: new Map() });
  const isOpen = useCallback(
    ({ path }: Folder) =>
      folds.single.get(path) ?? folds.all ?? (path === "/" || root.count <= FEW || chosen?.startsWith(path) === true),
    [folds, root, chosen],
  );
  const rows = useMemo(() => rowsOf(root, isOpen), [root, isOpen]);
  const [activeName, setActiveName] = useState(nameOf(root));
  const [lastActive, setLastActive] = useState(0);
  const found = rows.findIndex(({ node }) => nameOf(node) === activeName);
  // What went leaves its place to what follows.
  const active = found === -1 ? Math.min(lastActive, rows.length - 1) : found;
  const [question, setQuestion] = useState<Question>();
  const [notice, setNotice] = useState("");
  const [done, setDone] = useState(0);
  const scroller = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const shortcuts = useMemo(() => ({ "/": () => field.current?.focus() }), []);
  useShortcuts(shortcuts);
  const isNarrowed = search !== "" || tag !== "" || state !== "";
  const refreshOne = useCallback(
    async (path: string) => {
      setNotice(`Asking the origin for ${path} …`);
      const answer = await refresh(api, path);
      if (answer.type === "ok") setNotice(`${path} was refreshed: ${answer.value.status}, ${answer.value.outcome}.`);
      else setNotice(`${path} was not refreshed. ${whyNot(answer)}`);
      reload();
    },
    [api, reload],
  );
  const deeds = useMemo(
    () => ({
      onClick: (node: TreeNode) => {
        setActiveName(nameOf(node));
        if (node.type === "leaf") return setChosen(node.path);
        const isNowOpen = isOpen(node);
        setFolds(({ all, single }) => ({ all, single: new Map(single).set(node.path, !isNowOpen) }));
      },
      onPurge: ({ type, path, count }: TreeNode) =>
        setQuestion(
          type === "leaf" ? { type: "purge", path, count } : { type: "purge-below", path, count, isNarrowed },
        ),
      onRefresh: (node: TreeNode) =>
        node.type === "leaf" ? refreshOne(node.path) : setQuestion({ type: "refresh", node }),
    }),
    [isOpen, isNarrowed, refreshOne],
  );
  const onDeed = (deed: Deed): void => {
    switch (deed.type) {
      case "go": {
        const row = rows[deed.to];
        if (row !== undefined) setActiveName(nameOf(row.node));
        setLastActive(deed.to);
        break;
      }
      case "click":
        deeds.onClick(deed.node);
        break;
      case "purge":
        deeds.onPurge(deed.node);
        break;
      case "refresh":
        deeds.onRefresh(deed.node);
    }
  };
  const end = (said?: string): void => {
    setQuestion(undefined);
    if (said === undefined) return;
    setNotice(said);
    setDone((before) => before + 1);
    reload();
  };
  useEffect(() => {
    // What had the focus may go with what was purged.
    if (done !== 0) scroller.current?.focus();
  }, [done]);
  const tags = useMemo(() => tagsOf(root), [root]);

  return (
    <section class="entries" data-open={chosen !== undefined}>
      <EntriesToolbar
        field={field}
        narrowing={narrowing}
        tags={tags}
        summary={summaryOf(page, root, isLoading, elapsed)}
        onChange={(change) => setNarrowing((before) => ({ ...before, ...change }))}
        onFold={(all) => setFolds({ all, single: new Map([["/", true]]) })}
        onReload={reload}
        onPurgeTag={(purged) => setQuestion({ type: "purge-tag", tag: purged })}
      />
      <p class="entries-notice" role="status">
        {notice}
      </p>
      {page?.unlisted !== undefined && (
        <p class="quiet">{`What lies in ${page.unlisted} alone cannot be listed: this is what the memory holds.`}</p>
      )}
      {failure !== undefined && page === undefined ? (
        <Notice title="The entries cannot be shown">
          <p>{failure}</p>
          <button type="button" onClick={reload}>
            Try again
          </button>
        </Notice>
      ) : root.count > 0 ? (
        <EntriesGrid {...{ scroller, rows, active, elapsed, isOpen, deeds }} chosen={chosen} onDeed={onDeed} />
      ) : (
        <Nothing isLoading={isLoading} isNarrowed={isNarrowed} />
      )}
      {chosen !== undefined && (
        <EntryDetail
          api={api}
          path={chosen}
          listedAt={at}
          onPurge={(path, count) => setQuestion({ type: "purge", path, count })}
          onRefresh={refreshOne}
          onTag={(wantedTag) => setNarrowing((before) => ({ ...before, search: "", tag: wantedTag }))}
          onClose={() => {
            setChosen(undefined);
            scroller.current?.focus();
          }}
        />
      )}
      {question !== undefined && <EntriesConfirm api={api} question={question} onEnd={end} />}
    </section>
  );
}

/** Which folders are open: what was said of all of them, and of single ones since. */
type Folds = { readonly all: boolean | undefined; readonly single: ReadonlyMap<string, boolean> };

type NothingProps = { readonly isLoading: boolean; readonly isNarrowed: boolean };

function Nothing({ isLoading, isNarrowed }: NothingProps) {
  if (isLoading) return <Notice title="Looking …" />;
  if (isNarrowed) {
    return (
      <Notice title="Nothing of that is stored">
        <p>Other words, another tag or both states may find more.</p>
      </Notice>
    );
  }
  return (
    <Notice title="Nothing is stored yet">
      <p>Each response that may be used again appears here once it was asked for through the proxy.</p>
    </Notice>
  );
}

/** What a link says, as `#/entries?prefix=/users/`, `?tag=blue`, or `?url=/users/1`, which is shown among what lies in its folder. */
function narrowingOf(parameters: URLSearchParams): Narrowing {
  const search = parameters.get("prefix") ?? parameters.get("url")?.replace(/[^/]*(?:\?.*)?$/, "") ?? "";
  return { search, tag: parameters.get("tag") ?? "", state: "", order: "name" };
}

function summaryOf(page: EntriesPage | undefined, root: Folder, isLoading: boolean, elapsed: number): string {
  if (page === undefined) return "";
  const count = `${shortCount(root.count)} ${root.count === 1 ? "entry" : "entries"}, ${shortBytes(root.bytes)}`;
  if (isLoading) return `${count} so far …`;
  const more = page.next === undefined && page.complete ? "" : " of more: narrow them down";
  return `${count}${more}${elapsed >= 10 ? `, ${shortSpan(elapsed)} ago` : ""}`;
}

/** The tags that there are, to choose from. */
function tagsOf(root: Folder): readonly string[] {
  const tags = new Set(leavesOf(root).flatMap(({ variants }) => variants.flatMap((variant) => variant.tags)));
  return [...tags].sort().slice(0, 200);
}

/** A value once it has not changed for a moment. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), TYPING_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
