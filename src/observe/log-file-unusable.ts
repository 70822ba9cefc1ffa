/** The log file cannot be opened at the start; the message says why. */
export class LogFileUnusable extends Error {
  override readonly name = "LogFileUnusable";
}
