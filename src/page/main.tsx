import { render } from "preact";
import { AdminApi } from "./admin-api.ts";
import { App } from "./app.tsx";
import { Live } from "./live.ts";
import { applyTheme, storedTheme } from "./theme.ts";
import { Token } from "./token.ts";

const root = document.getElementById("page");
if (root === null) throw new Error("The document has no place for the page.");

applyTheme(storedTheme());
const api = new AdminApi(location.href, new Token());
const live = new Live(api);
live.connect();
// A laptop that wakes up need not wait for the next attempt.
const retry = (): void => {
  if (live.state.connection.type === "disconnected" && document.visibilityState === "visible") live.connect();
};
addEventListener("online", retry);
document.addEventListener("visibilitychange", retry);

root.replaceChildren();
render(<App api={api} live={live} />, root);
