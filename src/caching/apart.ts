/**
 * An origin with a name in the place of a user's, which no client can send: what is stored under it is found by those alone who ask
 * under the same name, and by whatever goes by the key, as invalidations do. What lies apart already does so by both names.
 * @param publicOrigin the scheme and authority by which a client asks
 * @param name of letters, digits and `-`
 */
export function apartFrom(publicOrigin: string, name: string): string {
  return publicOrigin.replace("://", isApart(publicOrigin) ? `://${name}-` : `://${name}@`);
}

/** Whether that is an origin under which responses lie apart. */
export function isApart(publicOrigin: string): boolean {
  return publicOrigin.includes("@");
}

/** The scheme and authority by which a client asked whose responses may lie apart. */
export function askedOrigin(publicOrigin: string): string {
  return publicOrigin.replace(/:\/\/[^@]*@/, "://");
}
