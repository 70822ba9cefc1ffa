/** A command ends without success; the message is one or two sentences for the person who typed it. */
export class Failure extends Error {
  override readonly name = "Failure";
  /** 1: could not start or reach; 2: wrong usage. */
  readonly exitCode: 1 | 2;

  constructor(exitCode: 1 | 2, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}
