/** A scenario is to be switched on that no rule and no fixture knows; the message names those that are known. */
export class UnknownScenario extends Error {
  override readonly name = "UnknownScenario";
}
