/** Something that the state knows. */
export interface StateResource {
  /** Such as `module.vpc.aws_eip.nat["us-east-1a"]`. */
  readonly address: string;
  readonly type: string;
}

/** Reads what `state list` prints: the managed resources, without what was only read. */
export function stateResources(text: string): StateResource[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .flatMap((address) => {
      // keys may hold dots and brackets of their own
      const names = address.replace(/\["(?:[^"\\]|\\.)*"\]|\[\d+\]/g, "").split(".");
      const [mode, type] = [names.at(-3), names.at(-2)];
      return type === undefined || mode === "data" ? [] : { address, type };
    });
}
