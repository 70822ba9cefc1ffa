/** What lies at a path of keys in a value of unknown shape; undefined where the path leads nowhere. */
export function valueAt(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => property(inner, key), value);
}

/** The finite number at a path of keys, if there is one. */
export function numberAt(value: unknown, ...path: readonly string[]): number | undefined {
  const found = valueAt(value, ...path);
  return typeof found === "number" && Number.isFinite(found) ? found : undefined;
}

/** The text at a path of keys, if there is one, without control characters, which a terminal would obey. */
export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = valueAt(value, ...path);
  return typeof found === "string" ? printable(found) : undefined;
}

/** The names and numbers of the object at a path of keys, without control characters; none where there is no object. */
export function countsAt(
  value: unknown,
  ...path: readonly string[]
): readonly (readonly [name: string, count: number])[] {
  const found = valueAt(value, ...path);
  if (typeof found !== "object" || found === null) return [];
  return Object.keys(found).map((name) => [printable(name), numberAt(found, name) ?? 0]);
}

/** The members of the list at a path of keys; none where there is no list. */
export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = valueAt(value, ...path);
  return Array.isArray(found) ? found : [];
}

function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, "");
}

function property(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}
