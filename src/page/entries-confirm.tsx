import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { AdminApi } from "./admin-api.ts";
import { type PurgeTarget, purge, refreshAll, whyNot } from "./entries-requests.ts";
import { leavesOf, type TreeNode } from "./entries-tree.ts";
import { shortCount } from "./wording.ts";

/** What a person is asked before it is done. */
export type Question =
  | { readonly type: "purge"; readonly path: string; readonly count: number }
  /** All that begins with a path; `isNarrowed` where more of it is stored than what is listed. */
  | { readonly type: "purge-below"; readonly path: string; readonly count: number; readonly isNarrowed: boolean }
  | { readonly type: "purge-tag"; readonly tag: string }
  | { readonly type: "refresh"; readonly node: TreeNode };

type EntriesConfirmProps = {
  readonly api: AdminApi;
  readonly question: Question;
  /** Is given what was done, in a sentence; nothing where the person thought better of it. */
  readonly onEnd: (done?: string) => void;
};

/** Asks, does it, and says what came of it. */
export function EntriesConfirm({ api, question, onEnd }: EntriesConfirmProps) {
  switch (question.type) {
    case "purge": {
      const { path, count } = question;
      return (
        <PurgeDialog api={api} target={{ url: path }} title={`Purge ${path}`} onEnd={onEnd}>
          <p>{`${entries(count)} of it ${count === 1 ? "is" : "are"} stored.`}</p>
        </PurgeDialog>
      );
    }
    case "purge-below": {
      const { path, count, isNarrowed } = question;
      return (
        <PurgeDialog api={api} target={{ prefix: path }} title={`Purge everything below ${path}`} onEnd={onEnd}>
          <p>{`${entries(count)} of it ${count === 1 ? "is" : "are"} listed here.`}</p>
          {isNarrowed && (
            <p>
              <strong>What the search or the filters hide goes, too.</strong>
            </p>
          )}
        </PurgeDialog>
      );
    }
    case "purge-tag":
      return (
        <PurgeDialog
          api={api}
          target={{ tag: question.tag }}
          title={`Purge all with the tag ${question.tag}`}
          onEnd={onEnd}
        />
      );
    case "refresh":
      return <RefreshDialog api={api} node={question.node} onEnd={onEnd} />;
  }
}

type DialogProps = {
  readonly title: string;
  readonly children: ComponentChildren;
  readonly onCancel: () => void;
};

/** A question in front of everything else; Escape takes it back. */
function Dialog({ title, children, onCancel }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  // Before the next key is heard. Closed, it gives the focus back to where it was.
  useLayoutEffect(() => {
    const { current } = dialog;
    current?.showModal();
    return () => current?.close();
  }, []);
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby={id} onCancel={onCancel}>
      <h2 id={id}>{title}</h2>
      {children}
    </dialog>
  );
}

type PurgeDialogProps = {
  readonly api: AdminApi;
  readonly target: PurgeTarget;
  readonly title: string;
  readonly children?: ComponentChildren;
  readonly onEnd: (done?: string) => void;
};

function PurgeDialog({ api, target, title, children, onEnd }: PurgeDialogProps) {
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string>();
  const act = async (how: "hard" | "soft"): Promise<void> => {
    setBusy(true);
    setFailure(undefined);
    const answer = await purge(api, target, how);
    if (answer.type === "ok")
      return onEnd(`${entries(answer.value.purged)} ${how === "hard" ? "purged" : "marked stale"}.`);
    setBusy(false);
    setFailure(whyNot(answer));
  };
  return (
    <Dialog title={title} onCancel={() => onEnd()}>
      {children}
      <p>
        Purging drops it: the next request waits for the origin. Marked stale, it is validated before it is used again
        and still stands in when the origin fails.
      </p>
      <Failure why={failure} />
      <div class="dialog-buttons">
        <button type="button" onClick={() => onEnd()}>
          Cancel
        </button>
        <button type="button" disabled={isBusy} onClick={() => act("soft")}>
          Mark stale
        </button>
        <button type="button" class="danger" disabled={isBusy} onClick={() => act("hard")}>
          Purge
        </button>
      </div>
    </Dialog>
  );
}

type RefreshDialogProps = { readonly api: AdminApi; readonly node: TreeNode; readonly onEnd: (done?: string) => void };

function RefreshDialog({ api, node, onEnd }: RefreshDialogProps) {
  const paths = leavesOf(node).map(({ path }) => path);
  const [progress, setProgress] = useState<number>();
  const leaving = useRef(new AbortController());
  const stop = (): void => {
    leaving.current.abort();
    if (progress === undefined) onEnd();
  };
  const act = async (): Promise<void> => {
    setProgress(0);
    const { done, failed, why } = await refreshAll(api, paths, leaving.current.signal, (so) =>
      setProgress(so.done + so.failed),
    );
    onEnd(`${urls(done)} refreshed${failed === 0 ? "" : `, ${failed} not: ${why}`}.`);
  };
  return (
    <Dialog title={`Refresh ${node.path}`} onCancel={(): void => stop()}>
      <p>{`The origin is asked anew for ${urls(paths.length)}.`}</p>
      {progress !== undefined && <progress aria-label="Refreshed so far" max={paths.length} value={progress} />}
      <div class="dialog-buttons">
        <button type="button" onClick={stop}>
          {progress === undefined ? "Cancel" : "Stop"}
        </button>
        <button type="button" class="primary" disabled={progress !== undefined} onClick={act}>
          Refresh
        </button>
      </div>
    </Dialog>
  );
}

function Failure({ why }: { readonly why: string | undefined }) {
  return why === undefined ? null : (
    <p class="field-error" role="alert">
      {why}
    </p>
  );
}

function entries(count: number): string {
  return count === 1 ? "1 entry" : `${shortCount(count)} entries`;
}

function urls(count: number): string {
  return count === 1 ? "1 URL" : `${shortCount(count)} URLs`;
}
