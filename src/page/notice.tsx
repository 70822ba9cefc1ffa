import type { ComponentChildren } from "preact";

type NoticeProps = { readonly title: string; readonly children?: ComponentChildren };

/** What stands where there is nothing to show: why, and what to do. */
export function Notice({ title, children }: NoticeProps) {
  return (
    <div class="notice">
      <h2>{title}</h2>
      {children}
    </div>
  );
}
