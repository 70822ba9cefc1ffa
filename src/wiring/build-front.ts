import { shownUrl, socketAt } from "../config/listen.ts";
import type { Settings } from "../config/settings.ts";
import type { Handler } from "../http/exchange.ts";
import type { Certificate } from "../tls/certificate.ts";
import { front } from "../wire/front.ts";
import type { Bridge } from "../wire/websocket.ts";
import { buildListeners, type Listen, type Listeners } from "./build-listeners.ts";

/** What answers. */
export type Answering = { readonly handler: Handler; readonly bridge: Bridge };

/** The listeners of a proxy, and what a person opens. */
export type Front = Listeners & {
  readonly url: URL;
  /** Reads the certificate again, if there is one. */
  readonly renew: () => void;
};

/**
 * Listens as the settings say.
 * @param sharing whether other processes of ours listen there too
 * @throws CertificateUnusable, or the system's error where listening is not possible
 */
export async function buildFront(
  settings: Settings,
  { handler, bridge }: Answering,
  sharing: "alone" | "shared",
  onError: (error: unknown) => void,
): Promise<Front> {
  const { tls, hosts } = settings;
  const common = { bridge, clock: Date.now, onError };
  if (tls === undefined) {
    const listen: Listen = (hostname, port) => front(handler, { hostname, port, sharing, tls: undefined, ...common });
    for (const host of hosts) {
      const path = socketAt(host);
      if (path !== undefined) await (await import("../wire/stale-socket.ts")).removeStale(path);
    }
    const listeners = await buildListeners(listen, hosts, settings.port);
    return { ...listeners, url: shownUrl("http", hosts, listeners.port), renew: () => undefined };
  }
  const { followCertificate } = await import("./follow-certificate.ts");
  const { readCertificate } = await import("../tls/certificate.ts");
  const { prepareCertificate } = await import("../tls/prepare.ts");
  await prepareCertificate(tls, Date.now());
  const certificate = await readCertificate(tls);
  const listenWith =
    (shown: Certificate, among: "alone" | "replaceable" | "shared"): Listen =>
    (hostname, port) =>
      front(handler, { hostname, port, sharing: among, tls: { ...shown, versions: tls.versions }, ...common });
  // Elsewhere the system does not share a port out.
  const replaceable = process.platform === "linux" ? "replaceable" : "alone";
  const first = sharing === "shared" ? "shared" : replaceable;
  const listeners = await buildListeners(listenWith(certificate, first), hosts, settings.port);
  const following = followCertificate(tls, certificate, onError, async (next) => {
    if (first === "alone")
      throw new Error("a changed certificate counts once the proxy is started anew, on this system");
    await listeners.replace(listenWith(next, "shared"));
  });
  return {
    ...listeners,
    url: shownUrl("https", hosts, listeners.port),
    renew: following.look,
    async stop(grace) {
      following.end();
      return listeners.stop(grace);
    },
  };
}
