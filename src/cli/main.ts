#!/usr/bin/env node
import { realContext } from "./real-context.ts";
import { runCli } from "./run-cli.ts";

await runCli(process.argv.slice(2), realContext());
