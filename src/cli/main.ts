#!/usr/bin/env node
import { realContext } from "./real-context.ts";
import { runCli } from "./run-cli.ts";

const { argv, env } = process;

// The SDK's release of package-lock.json works on Node 20; which one comes next is for Aura to decide, not for its users
env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

await runCli(argv.slice(2), realContext());
