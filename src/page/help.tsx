import { useEffect, useRef } from "preact/hooks";

const KEYS: readonly (readonly [string, string])[] = [
  ["1 … 5", "Overview, requests, entries, why, health"],
  ["/", "Filter the requests, search the entries"],
  ["p", "Pause the list of requests, and go on"],
  ["↑ ↓ or k j", "The line above, below"],
  ["Home, End, Page ↑ ↓", "Further"],
  ["Enter", "Into the details of a request or an entry"],
  ["→ ←", "Open and close a folder of entries"],
  ["r, Delete", "Refresh, purge what the line is about"],
  ["Escape", "Close the details"],
  ["?", "This list"],
];

/** What the keyboard does. */
export function Help({ onClose }: { readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help-title" onClose={onClose}>
      <header>
        <h2 id="help-title">Keyboard</h2>
        <button type="button" class="icon" aria-label="Close" onClick={() => dialog.current?.close()}>
          <span aria-hidden="true">✕</span>
        </button>
      </header>
      <dl class="facts">
        {KEYS.map(([keys, does]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </dialog>
  );
}
