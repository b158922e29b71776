import { expect, it } from "vitest";

import { refuseOtherAccount } from "../../src/aws/account.ts";

const identity = { account: "111111111111", arn: "arn:aws:sts::111111111111:assumed-role/ml/me" };

it.each([
  [[], undefined],
  [["111111111111"], undefined],
  [["222222222222", "111111111111"], "111111111111"],
])("an account may be touched: allowed %j, deployed in %s", (allowed, deployed) => {
  expect(() => refuseOtherAccount(identity, { allowed, deployed })).not.toThrow();
});

it.each([
  [["222222222222"], undefined, "account 111111111111 may not be touched"],
  [[], "222222222222", "lives in account 222222222222"],
  [["111111111111"], "222222222222", "lives in account 222222222222"],
])("an account is refused: allowed %j, deployed in %s", (allowed, deployed, message) => {
  expect(() => refuseOtherAccount(identity, { allowed, deployed })).toThrow(message);
});
