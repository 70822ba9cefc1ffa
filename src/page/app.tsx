import type { ComponentType } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { AdminApi } from "./admin-api.ts";
import { ConnectionBanner, ConnectionState } from "./connection.tsx";
import { EntriesView } from "./entries.tsx";
import { Guarded } from "./guarded.tsx";
import { HealthView } from "./health.tsx";
import { Help } from "./help.tsx";
import type { Live, LiveState } from "./live.ts";
import { OverviewView } from "./overview.tsx";
import { RequestsView } from "./requests.tsx";
import { linkTo, VIEWS, type View } from "./route.ts";
import { useShortcuts } from "./shortcuts.ts";
import { SignIn } from "./sign-in.tsx";
import { ThemeSwitch } from "./theme-switch.tsx";
import { useRoute } from "./use-route.ts";
import { WhyView } from "./why.tsx";

/** What each view is given. */
export type ViewProps = {
  readonly api: AdminApi;
  readonly live: Live;
  readonly state: LiveState;
  /** Those behind the view's name in the address. */
  readonly parameters: URLSearchParams;
};

const TITLES: Readonly<Record<View, string>> = {
  overview: "Overview",
  requests: "Requests",
  entries: "Entries",
  why: "Why",
  health: "Health",
};

const COMPONENTS: Readonly<Record<View, ComponentType<ViewProps>>> = {
  overview: OverviewView,
  requests: RequestsView,
  entries: EntriesView,
  why: WhyView,
  health: HealthView,
};

/** Each view by the number of its tab. */
const NUMBERS = Object.fromEntries(
  VIEWS.map((view, i) => [
    String(i + 1),
    () => {
      location.hash = linkTo(view);
    },
  ]),
);

/** The whole page. */
export function App({ api, live }: { readonly api: AdminApi; readonly live: Live }) {
  const [state, setState] = useState(live.state);
  useEffect(() => live.subscribe(setState), [live]);
  const { view, parameters } = useRoute();
  const { connection, hello, stats } = state;
  const origin = hello?.origin ?? stats?.origin;
  useEffect(() => {
    document.title = `${TITLES[view]} · caching-proxy`;
  }, [view]);
  const Shown = COMPONENTS[view];
  const [isHelping, setIsHelping] = useState(false);
  const shortcuts = useMemo(() => ({ ...NUMBERS, "?": () => setIsHelping(true) }), []);
  useShortcuts(shortcuts);

  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById("main")?.focus()}>
        Skip to content
      </button>
      <header class="top">
        <div class="brand">
          <strong>caching-proxy</strong>
          {origin !== undefined && (
            <span class="origin" title={`in front of ${origin}`}>
              {origin.replace(/\/$/, "")}
            </span>
          )}
        </div>
        <nav class="tabs" aria-label="Views">
          {VIEWS.map((name) => (
            <a key={name} href={linkTo(name)} aria-current={name === view ? "page" : undefined}>
              {TITLES[name]}
            </a>
          ))}
        </nav>
        <div class="top-end">
          <ConnectionState connection={connection} />
          <ThemeSwitch />
          <button
            type="button"
            class="icon"
            aria-label="Keyboard (?)"
            title="Keyboard (?)"
            onClick={() => setIsHelping(true)}
          >
            <span aria-hidden="true">?</span>
          </button>
        </div>
      </header>
      <ConnectionBanner connection={connection} onRetry={() => live.connect()} />
      {isHelping && <Help onClose={() => setIsHelping(false)} />}
      <main id="main" tabIndex={-1} data-view={view}>
        <h1 class="unseen">{TITLES[view]}</h1>
        {connection.type === "unauthorised" ? (
          <SignIn
            isWrong={connection.isWrong}
            onToken={(token) => {
              api.token.set(token);
              live.connect();
            }}
          />
        ) : (
          <Guarded key={view}>
            <Shown api={api} live={live} state={state} parameters={parameters} />
          </Guarded>
        )}
      </main>
    </>
  );
}
