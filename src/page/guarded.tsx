import { Component, type ComponentChildren } from "preact";
import { reasonOf } from "./admin-api.ts";
import { Notice } from "./notice.tsx";

type GuardedProps = { readonly children: ComponentChildren };

/** Shows what went wrong where a view fails, which takes nothing else down with it. */
export class Guarded extends Component<GuardedProps, { readonly failure?: string | undefined }> {
  override componentDidCatch(error: unknown): void {
    console.error(error);
    this.setState({ failure: reasonOf(error) });
  }

  override render({ children }: GuardedProps) {
    const { failure } = this.state;
    if (failure === undefined) return children;
    return (
      <Notice title="This view failed">
        <p role="alert">
          {"The proxy is not affected. What the page said: "}
          <code>{failure}</code>
        </p>
        <p>
          <button type="button" onClick={() => this.setState({ failure: undefined })}>
            Show it again
          </button>
        </p>
      </Notice>
    );
  }
}
