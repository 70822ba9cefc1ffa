import { isAbsolute, join } from "node:path";
import { type Given, named, read, readSwitch } from "./given.ts";
import { isWildcard } from "./listen.ts";
import { accept, type Parsed, refuse } from "./parsed.ts";

/** With what a proxy listens with TLS. */
export type TlsSetting = {
  /** The file with the certificate and its chain. */
  readonly cert: string;
  readonly key: string;
  /** Which versions of HTTP a client may choose from by ALPN. */
  readonly versions: "http1" | "http1-and-http2";
  /** A certificate that we make by ourselves, for development; undefined for one that somebody gave us. */
  readonly local: LocalSetting | undefined;
};

/** A certificate of our own making. */
export type LocalSetting = {
  /** The file with the certificate of the authority that vouches for it. */
  readonly authority: string;
  /** Host names and IP addresses that it is for. */
  readonly names: readonly string[];
};

/** Reads how a proxy listens; undefined is without TLS. */
export function resolveTls(given: Given, hosts: readonly string[]): Parsed<TlsSetting | undefined> {
  const http2 = readSwitch(given, "http2");
  if (!http2.ok) return http2;
  const versions = http2.value ? "http1-and-http2" : "http1";
  const mode = read(given, "tls", parseMode);
  if (!mode.ok) return mode;
  const [cert, key] = [given.get("tls-cert"), given.get("tls-key")];
  const file = cert ?? key;
  if (mode.value === "off") return accept(undefined);
  if (mode.value === "auto") {
    if (file !== undefined) {
      return refuse(`${named(file)} is a certificate of yours, and --tls auto makes one: leave out one of them`);
    }
    const further = read(given, "tls-names", parseNames);
    if (!further.ok) return further;
    const { server, authority } = localFiles();
    const names = [...new Set(["localhost", "*.localhost", "127.0.0.1", "::1", ...hosts, ...(further.value ?? [])])];
    const local = { authority, names: names.filter((name) => !isWildcard(name)) };
    return accept({ cert: server, key: server, versions, local });
  }
  if (file === undefined) return accept(undefined);
  if (cert === undefined) return refuse(`${named(file)} needs its certificate: pass --tls-cert FILE`);
  if (key === undefined) return refuse(`${named(file)} needs its key: pass --tls-key FILE`);
  return accept({ cert: cert.text, key: key.text, versions, local: undefined });
}

/** Reads which certificate a running proxy has to show; undefined where it is asked without TLS. */
export function readPinned(given: Given): Parsed<string | undefined> {
  const mode = read(given, "tls", parseMode);
  if (!mode.ok) return mode;
  if (mode.value === "off") return accept(undefined);
  return accept(mode.value === "auto" ? localFiles().server : given.get("tls-cert")?.text);
}

function parseMode(text: string): Parsed<"auto" | "off"> {
  const word = text.toLowerCase();
  return word === "auto" || word === "off"
    ? accept(word)
    : refuse(
        "is no way to listen: write auto for a certificate for development, or off; --tls-cert names one of yours",
      );
}

/** Clients that check a name want more than one label behind a `*`: those of *.localhost have to be named one by one. */
function parseNames(text: string): Parsed<readonly string[]> {
  const names = text.split(",").map((name) => name.trim().toLowerCase());
  const wrong = names.find((name) => !/^(?:\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(name));
  if (wrong === undefined) return accept(names);
  return refuse(`holds ${JSON.stringify(wrong)}, which is no host name: write them as test1.localhost,api.test`);
}

/** In the user's own folder, so that it is trusted once for all that he starts. */
function localFiles(): { readonly server: string; readonly authority: string } {
  // Here and not above: most have no such files, and node:os takes its time to load.
  const { homedir } = process.getBuiltinModule("node:os");
  const said = process.env.XDG_CONFIG_HOME ?? "";
  // A relative one is to be ignored (XDG Base Directory Specification).
  const folder = join(isAbsolute(said) ? said : join(homedir(), ".config"), "caching-proxy", "tls");
  return { server: join(folder, "server.pem"), authority: join(folder, "authority.pem") };
}
