import { useEffect, useState } from "preact/hooks";
import { reasonOf } from "./admin-api.ts";
import { copy } from "./hand-over.ts";

type CopyButtonProps = { readonly label: string; readonly text: string };

/** How long it says what became of it. */
const SAYS_MS = 2000;

/** Copies a text, and says so. */
export function CopyButton({ label, text }: CopyButtonProps) {
  const [said, setSaid] = useState<string>();
  useEffect(() => {
    if (said === undefined) return;
    const timer = setTimeout(() => setSaid(undefined), SAYS_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const onClick = (): void => {
    copy(text).then(
      () => setSaid("Copied"),
      (error: unknown) => setSaid(`Not copied: ${reasonOf(error)}`),
    );
  };
  return (
    <button type="button" title={text} onClick={onClick}>
      <span aria-live="polite">{said ?? label}</span>
    </button>
  );
}
