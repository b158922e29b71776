import { fromNodeProviderChain } from "@aws-sdk/credential-providers";

/** What the SDK finds credentials by. */
export interface CredentialsOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of ~/.aws/config. Default: AWS_PROFILE, then `default`. */
  readonly profile?: string | undefined;
}

/**
 * Credentials as the AWS SDK and CLI find them: variables, SSO, profiles, web identity, the instance's role. A profile
 * that was asked for wins over variables. The values are held by the SDK only.
 */
export function credentialsOf({ env, profile }: CredentialsOptions) {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: token } = env;
  if (profile === undefined && accessKeyId && secretAccessKey) {
    return { accessKeyId, secretAccessKey, ...(token && { sessionToken: token }) };
  }
  return fromNodeProviderChain(profile === undefined ? {} : { profile });
}
