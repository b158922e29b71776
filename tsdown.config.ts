import { defineConfig } from "tsdown";

export default defineConfig({
  entry: { main: "src/cli/main.ts", schemas: "src/cli/schemas.ts" },
  format: "esm",
  platform: "node",
  target: "node20.19",
  outDir: "dist",
  dts: false,
  sourcemap: false,
  clean: true,
  hash: true,
  fixedExtension: false,
  logLevel: "warn",
  // Nobody installs the provider's 476 MiB for the few classes that synth uses: they and what they need are in the bundle
  deps: { onlyBundle: ["cdktn", "constructs", "@cdktn/provider-aws", "safe-stable-stringify", "semver", "fflate"] },
});
