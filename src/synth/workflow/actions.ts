import type { Action } from "./workflow.ts";

// Each at the commit of its tag, as its repository had it in August 2026: `git ls-remote --tags` tells of newer ones.

export const checkout: Action = {
  name: "actions/checkout",
  sha: "3d3c42e5aac5ba805825da76410c181273ba90b1",
  version: "v7.0.1",
};

export const setupNode: Action = {
  name: "actions/setup-node",
  sha: "820762786026740c76f36085b0efc47a31fe5020",
  version: "v7.0.0",
};

export const uploadArtifact: Action = {
  name: "actions/upload-artifact",
  sha: "043fb46d1a93c77aae656e7c1c64a875d1fc6a0a",
  version: "v7.0.1",
};

export const downloadArtifact: Action = {
  name: "actions/download-artifact",
  sha: "3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c",
  version: "v8.0.1",
};

export const awsCredentials: Action = {
  name: "aws-actions/configure-aws-credentials",
  sha: "e6de054238d6b7531b4efff3b6587d9aade6a06c",
  version: "v6.2.3",
};

export const setupOpentofu: Action = {
  name: "opentofu/setup-opentofu",
  sha: "a1320f892987e89d278cc92dc5adc984fb93aca4",
  version: "v2.0.2",
};
