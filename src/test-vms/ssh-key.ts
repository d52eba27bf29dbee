/**
 * Whether a text is a public key that Azure's Linux VMs take: Ed25519, or RSA of 2048 bits or more.
 *
 * Source: RFC 4253, section 6.6, and RFC 8709: strings, each after its length in four bytes.
 */
export function isSshPublicKey(text: string): boolean {
  const [, type, base64 = ""] = /^(ssh-rsa|ssh-ed25519) ([A-Za-z0-9+/]+=*)(?: [^\p{Cc}$%]*)?$/u.exec(text) ?? [];
  const [name, ...fields] = stringsIn(Buffer.from(base64, "base64"));
  if (type === undefined || name?.toString() !== type) return false;
  if (type === "ssh-ed25519") return fields.length === 1 && fields[0]!.length === 32;
  const [exponent, modulus, ...others] = fields;
  if (!exponent || !modulus || others.length > 0) return false;
  const [e, n] = [exponent, modulus].map((field) => BigInt(`0x${field.toString("hex") || "0"}`)) as [bigint, bigint];
  // Both are odd in any key, and an exponent of 1 encrypts nothing.
  return n.toString(2).length >= 2048 && n % 2n === 1n && e % 2n === 1n && e > 1n;
}

/** The strings in a blob; none if it does not end with one. */
function stringsIn(blob: Buffer): Buffer[] {
  const strings: Buffer[] = [];
  let at = 0;
  while (at + 4 <= blob.length) {
    const end = at + 4 + blob.readUInt32BE(at);
    if (end > blob.length) return [];
    strings.push(blob.subarray(at + 4, end));
    at = end;
  }
  return at === blob.length ? strings : [];
}
