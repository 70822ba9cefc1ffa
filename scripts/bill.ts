/** A package as a lock file pins it, and what it asks for. */
export type Locked = {
  readonly name: string;
  readonly version: string;
  /** SHA-512 in base64. */
  readonly digest: string | undefined;
  /** The places in the lock file of what it depends on. */
  readonly needs: readonly string[];
};

/** A lock file: packages by their places, and those that the project itself asks for. */
export type Lock = {
  readonly packages: ReadonlyMap<string, Locked>;
  readonly shipped: readonly string[];
  readonly development: readonly string[];
};

type Own = { readonly name: string; readonly version: string; readonly license: string };

/** Reads a `bun.lock`. @throws Error where it is none, or holds something else than packages of a registry */
export function readLock(text: string): Lock {
  const lock = Bun.JSONC.parse(text);
  const listed = Object.entries(member(lock, "packages"));
  const places = new Set(listed.map(([place]) => place));
  const own = member(member(lock, "workspaces"), "");
  return {
    packages: new Map(listed.map(([place, entry]) => [place, lockedOf(place, entry, places)])),
    shipped: Object.keys(member(own, "dependencies")),
    development: Object.keys(member(own, "devDependencies")),
  };
}

function lockedOf(place: string, entry: unknown, places: ReadonlySet<string>): Locked {
  const [id, , about, integrity]: readonly unknown[] = Array.isArray(entry) ? entry : [];
  const [, name, version] = /^(.+)@(\d[^@]*)$/.exec(typeof id === "string" ? id : "") ?? [];
  if (name === undefined || version === undefined)
    throw new Error(`${place} in the lock file is no package of a registry`);
  const asked = ["dependencies", "optionalDependencies", "peerDependencies"].flatMap((kind) =>
    Object.keys(member(about, kind)),
  );
  // An optional peer is used where it is there for other reasons.
  const optional: readonly unknown[] = Object.values(member(about, "optionalPeers"));
  const wants = [...new Set(asked)].filter((wanted) => !optional.includes(wanted));
  const needs = wants.flatMap((wanted) => placeOf(wanted, place, places) ?? []);
  const digest = typeof integrity === "string" ? /^sha512-(.+)$/.exec(integrity)?.[1] : undefined;
  return { name, version, digest, needs };
}

/** Where a package finds another one: below itself, or below who is above it, as in node_modules. */
function placeOf(wanted: string, from: string, places: ReadonlySet<string>): string | undefined {
  for (let above = from; above !== ""; above = above.slice(0, Math.max(0, above.lastIndexOf("/")))) {
    if (places.has(`${above}/${wanted}`)) return `${above}/${wanted}`;
  }
  return places.has(wanted) ? wanted : undefined;
}

/**
 * The bill of materials. The same lock file gives the same text: it has neither a time nor a number of its own.
 * @param bun the version of the runtime that the single file has in it
 */
export function billOf(own: Own, lock: Lock, bun: string): object {
  const shipped = reached(lock, lock.shipped);
  const all = reached(lock, [...lock.shipped, ...lock.development]);
  const root = `pkg:npm/${own.name}@${own.version}`;
  const runtime = `pkg:github/oven-sh/bun@bun-v${bun}`;
  const byPurl = new Map([...all].sort().map((place) => [purlOf(get(lock, place)), place]));
  const refs = (places: readonly string[]): readonly string[] =>
    [...new Set(places.map((place) => purlOf(get(lock, place))))].sort();
  const isShipped = new Set(refs([...shipped]));
  const purls = [...byPurl.keys()].sort();
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      component: {
        ...{ type: "application", "bom-ref": root, name: own.name, version: own.version, purl: root },
        licenses: [{ license: { id: own.license } }],
      },
    },
    components: [
      { type: "platform", "bom-ref": runtime, name: "bun", version: bun, scope: "required", purl: runtime },
      ...purls.map((purl) => componentOf(get(lock, byPurl.get(purl) ?? ""), isShipped.has(purl))),
    ],
    dependencies: [
      { ref: root, dependsOn: [runtime, ...refs([...lock.shipped, ...lock.development])] },
      { ref: runtime, dependsOn: [] },
      ...purls.map((purl) => ({
        ref: purl,
        dependsOn: refs(
          [...all].filter((place) => purlOf(get(lock, place)) === purl).flatMap((place) => get(lock, place).needs),
        ),
      })),
    ],
  };
}

function componentOf(locked: Locked, isShipped: boolean): object {
  const { name, version, digest } = locked;
  const purl = purlOf(locked);
  return {
    ...{ type: "library", "bom-ref": purl, name, version, scope: isShipped ? "required" : "excluded", purl },
    ...(digest !== undefined && {
      hashes: [{ alg: "SHA-512", content: Buffer.from(digest, "base64").toString("hex") }],
    }),
  };
}

function purlOf({ name, version }: Locked): string {
  return `pkg:npm/${name.replace(/^@/, "%40")}@${encodeURIComponent(version)}`;
}

/** The places of all that is needed by some. */
function reached({ packages }: Lock, from: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [...from];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (found.has(place)) continue;
    found.add(place);
    open.push(...(packages.get(place)?.needs ?? []));
  }
  return found;
}

function get({ packages }: Lock, place: string): Locked {
  const found = packages.get(place);
  if (found === undefined) throw new Error(`the lock file has nothing at ${place}: run bun install`);
  return found;
}

function member(of: unknown, name: string): object {
  const value: unknown = typeof of === "object" && of !== null ? Reflect.get(of, name) : undefined;
  return typeof value === "object" && value !== null ? value : {};
}
