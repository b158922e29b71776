import type { UnsuccessfulItem } from "@aws-sdk/client-ec2";

/** Some calls of EC2 succeed and say in their answer that they did not: that becomes an exception as of others. */
export function refuseUnsuccessful({
  Unsuccessful = [],
}: {
  readonly Unsuccessful?: readonly UnsuccessfulItem[] | undefined;
}): void {
  const error = Unsuccessful[0]?.Error;
  if (error === undefined) return;
  throw Object.assign(new Error(error.Message), { name: error.Code ?? "Unsuccessful" });
}
