#!/usr/bin/env node
// Builds dist/ as tsdown.config.ts says. Through the library: tsdown's command warns of Node 20, where it works (pinned).
import { build } from "tsdown";

await build();
