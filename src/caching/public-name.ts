/** The scheme and authority by which a client reached us: the origin is told, and so they are part of what is asked. */
export type PublicName = { readonly scheme: string; readonly authority: string };

/** A name as it compares: schemes and hosts know no case (RFC 9110 §4.2.3). */
export function publicName(scheme: string, authority: string): PublicName {
  return { scheme: scheme.toLowerCase(), authority: authority.toLowerCase() };
}

/** The name as an origin in the sense of RFC 6454, e.g. `http://localhost:3000`. */
export function publicOrigin(name: PublicName): string {
  return `${name.scheme}://${name.authority}`;
}
