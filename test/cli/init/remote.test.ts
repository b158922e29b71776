import { expect, it } from "vitest";

import { parseRemote } from "../../../src/cli/init/remote.ts";

const github = { host: "github.com", repository: "acme/models" };

it.each([
  ["https://github.com/acme/models.git", github],
  ["https://github.com/acme/models", github],
  ["https://www.github.com/acme/models/", github],
  ["https://user:secret@github.com/acme/models.git\n", github],
  ["git@github.com:acme/models.git", github],
  ["org-42@github.com:acme/models.git", github],
  ["git@github.com-work:acme/models", github],
  ["ssh://git@github.com/acme/models.git", github],
  ["ssh://git@github.com:22/acme/models.git", github],
  ["ssh://git@ssh.github.com:443/acme/models.git", github],
  ["git://github.com/acme/models.git", github],
  ["https://github.com/acme/models.js.git", { host: "github.com", repository: "acme/models.js" }],
  ["https://git.acme.corp:8443/acme/models.git", { host: "git.acme.corp", repository: "acme/models" }],
  ["git@acme.ghe.com:acme/models.git", { host: "acme.ghe.com", repository: "acme/models" }],
  ["git@notgithub.com:acme/models.git", { host: "notgithub.com", repository: "acme/models" }],
  ["https://gitlab.com/group/team/models.git", undefined],
  ["/srv/git/models.git", undefined],
  ["../models", undefined],
  ["C:\\git\\models", undefined],
  ["file:///srv/acme/models.git", undefined],
  ["", undefined],
])("reads %j", (url, remote) => {
  expect(parseRemote(url)).toEqual(remote);
});
