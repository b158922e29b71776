export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** A certificate for 127.0.0.1 and localhost that is its own authority; its key never leaves this process. */
export async function selfSignedCertificate(): Promise<Certificate> {
  const { generate } = await import("selfsigned");
  const altNames = [
    { type: 2 as const, value: "localhost" },
    { type: 7 as const, ip: "127.0.0.1" },
  ];
  const pems = await generate([{ name: "commonName", value: "aura-rehearsal" }], {
    keyType: "ec",
    algorithm: "sha256",
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", digitalSignature: true, keyCertSign: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      { name: "subjectAltName", altNames },
    ],
  });
  return { certificate: pems.cert, key: pems.private };
}
