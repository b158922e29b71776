/** Where an environment's state is kept. */
export type Backend =
  | {
      readonly kind: "local";
      /** Absolute. */
      readonly path: string;
    }
  | {
      readonly kind: "s3";
      readonly bucket: string;
      readonly key: string;
      readonly region: string;
      /** The only account that the bucket may be used with. */
      readonly accountId: string;
      /** In place of AWS's own, for S3 and STS. */
      readonly endpoint?: string;
    };

/**
 * The file that puts a backend in place of the root module's empty `backend "s3" {}`: an engine merges `*_override`
 * files last. No secrets: what is in it also stands in `.terraform` and in every plan.
 */
export function backendOverride(backend: Backend): string {
  const block = backend.kind === "local" ? { local: { path: backend.path } } : { s3: s3Block(backend) };
  return `${JSON.stringify({ terraform: { backend: block } }, null, 2)}\n`;
}

function s3Block({ bucket, key, region, accountId, endpoint }: Extract<Backend, { kind: "s3" }>): object {
  return {
    ...{ bucket, key, region },
    encrypt: true,
    use_lockfile: true,
    allowed_account_ids: [accountId],
    // the engine's list of regions is older than the region may be
    skip_region_validation: true,
    ...(endpoint !== undefined && {
      endpoints: { s3: endpoint, sts: endpoint },
      use_path_style: true,
      skip_metadata_api_check: true,
    }),
  };
}

/** Where the state is, for people. */
export function placeOf(backend: Backend): string {
  return backend.kind === "local" ? backend.path : `s3://${backend.bucket}/${backend.key}`;
}
