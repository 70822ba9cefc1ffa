/** Whether a response of this status has no content whatever its fields say (RFC 9110 §6.4.1); 205's is empty by definition (§15.3.6). */
export function isWithoutBody(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}
