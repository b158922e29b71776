#!/usr/bin/env node
import { realContext } from "./real-context.ts";
import { runCli } from "./run-cli.ts";

// The SDK's release that is in package-lock.json works on Node 20; which one comes next is for Aura to decide, not for its users
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

await runCli(process.argv.slice(2), realContext());
