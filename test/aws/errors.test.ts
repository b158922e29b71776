import { expect, test } from "vitest";

import { awsFailure } from "../../src/aws/errors.ts";
import { exception } from "./doctor/world.ts";

const sso = "The SSO session associated with this profile has expired. To refresh it run aws sso login";

test.each([
  ["ExpiredToken", "x", "the AWS credentials have expired"],
  ["CredentialsProviderError", sso, "the AWS credentials have expired"],
  ["CredentialsProviderError", "Could not load credentials from any providers", "no AWS credentials were found"],
  ["InvalidSignatureException", "Signature expired", "AWS does not accept the credentials"],
  ["RequestTimeTooSkewed", "x", "AWS does not accept the credentials"],
  ["TimeoutError", "x", "AWS does not answer"],
])("%s (%s): %s", (name, message, says) => {
  expect(awsFailure(exception(name, message), "EC2:DescribeVpcs")?.message).toContain(says);
});

test("a proxy's certificate is told of", () => {
  const error = Object.assign(new Error("self-signed certificate"), { code: "SELF_SIGNED_CERT_IN_CHAIN" });
  expect(awsFailure(error, "EC2:DescribeVpcs")).toMatchObject({
    code: "AWS_UNREACHABLE",
    details: { fix: expect.stringContaining("NODE_EXTRA_CA_CERTS") },
  });
});
