/** A command ends without success; the message is one or two sentences for the person who typed it. */
export class Failure extends Error {
  override readonly name = "Failure";
  /** 1: could not start or reach; 2: wrong usage; 3: a `--frozen` run met requests without a fixture. */
  readonly exitCode: 1 | 2 | 3;

  constructor(exitCode: 1 | 2 | 3, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}
