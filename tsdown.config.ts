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
});
