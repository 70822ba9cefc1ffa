/**
 * Goes on with a value: at once where it is there already, as a hit from memory is, which then takes no turn of the event loop;
 * else when it comes.
 */
export function after<T, R>(value: T | Promise<T>, go: (value: T) => R | Promise<R>): R | Promise<R> {
  return value instanceof Promise ? value.then(go) : go(value);
}
