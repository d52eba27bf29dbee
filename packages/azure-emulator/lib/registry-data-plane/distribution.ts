import { type Json, isJson, objects } from "../../../common/util/json";
import { type BlobFiles, digestOf, isDigest } from "./blob-files";
import type { Images, ManifestFacts, Repository } from "./images";
import { type FrontEnd, type RegistryAnswer, RegistryError, type RegistryRequest, json } from "./registry-request";
import type { Tokens } from "./tokens";

/** What the API works with. */
export interface DistributionProps {
  readonly images: Images;
  readonly files: BlobFiles;
  readonly tokens: Tokens;
  /** Where the region that serves has a blob, with the permission to read it in the URL. */
  readonly locationOf: (digest: string) => string;
}

/** A request, and what it is about. */
interface Asked extends DistributionProps {
  readonly request: RegistryRequest;
  readonly at: FrontEnd;
  readonly query: URLSearchParams;
  readonly name: string;
  readonly repository: Repository;
  /** Tag, digest or id. */
  readonly reference: string;
}

const NAME = /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const OCI = "application/vnd.oci.image";
const INDEX = `${OCI}.index.v1+json`;
/** Most of a list on one page. */
const PAGE = 100;
/** Largest manifest in bytes. */
const LARGEST_MANIFEST = 4 * 1024 * 1024;

/**
 * The API of a registry, in the region that serves.
 *
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md
 * @throws RegistryError where it refuses
 */
export function distribution(
  path: string,
  query: URLSearchParams,
  request: RegistryRequest,
  at: FrontEnd,
  props: DistributionProps,
): RegistryAnswer {
  const { method } = request;
  if (path === "/v2") {
    props.tokens.require(undefined, "", request, at);
    return json(200, {});
  }
  if (path === "/v2/_catalog") {
    props.tokens.require({ type: "registry", name: "catalog" }, "*", request, at);
    return page("repositories", props.images.names(at.region), path, query, {});
  }
  const [, name = "", kind = "", reference = ""] =
    /^\/v2\/(.+)\/(manifests|blobs\/uploads|blobs|tags|referrers)(?:\/([^/]+))?$/.exec(path) ?? [];
  if (name === "") throw new RegistryError(404, "NOT_FOUND", "The path is none of the registry's API.");
  const handler = HANDLERS[kind]?.[method];
  if (!handler || (reference === "" && kind !== "blobs/uploads")) throw UNSUPPORTED;
  const action = { GET: "pull", HEAD: "pull", DELETE: "delete" }[method] ?? "push";
  const isUpload = kind === "blobs/uploads";
  props.tokens.require({ type: "repository", name }, isUpload ? "push" : action, request, at);
  if (!NAME.test(name)) throw new RegistryError(400, "NAME_INVALID", "invalid repository name");
  return handler({ ...props, request, at, query, name, repository: props.images.at(name), reference });
}

const UNSUPPORTED = new RegistryError(405, "UNSUPPORTED", "The operation is unsupported.");

type Handler = (asked: Asked) => RegistryAnswer;

const HANDLERS: Readonly<Record<string, Readonly<Record<string, Handler>>>> = {
  tags: { GET: listTags },
  referrers: { GET: listReferrers },
  manifests: { GET: getManifest, HEAD: getManifest, PUT: putManifest, DELETE: deleteManifest },
  blobs: { GET: getBlob, HEAD: getBlob, DELETE: deleteBlob },
  "blobs/uploads": {
    POST: beginUpload,
    GET: (asked) => progressOf(204, uploadOf(asked), asked),
    PATCH: continueUpload,
    PUT: endUpload,
    DELETE: cancelUpload,
  },
};

/** A page of a list of names, with a link to the next one. */
function page(member: string, names: readonly string[], path: string, query: URLSearchParams, more: Json) {
  const asked = query.get("n");
  if (asked !== null && !/^\d+$/.test(asked))
    throw new RegistryError(400, "PAGINATION_NUMBER_INVALID", "invalid number of results requested");
  const most = asked === null ? PAGE : Number(asked);
  const last = query.get("last");
  const rest = last === null ? names : names.filter((name) => name > last);
  const shown = rest.slice(0, most);
  const next = new URLSearchParams({ last: shown.at(-1) ?? "", n: String(most) }).toString();
  return json(
    200,
    { ...more, [member]: shown },
    shown.length < rest.length && shown.length > 0 ? { Link: `<${path}?${next}>; rel="next"` } : {},
  );
}

function listTags({ repository, reference, name, query, at: { region } }: Asked): RegistryAnswer {
  if (reference !== "list") throw UNSUPPORTED;
  if (repository.manifests.entries(region).length === 0)
    throw new RegistryError(404, "NAME_UNKNOWN", "repository name not known to registry", {}, { name });
  const tags = repository.tags.entries(region).map(([tag]) => tag);
  return page("tags", tags, `/v2/${name}/tags/list`, query, { name });
}

function listReferrers({ repository, reference, query, at: { region } }: Asked): RegistryAnswer {
  requireDigest(reference);
  const type = query.get("artifactType");
  const manifests = repository.manifests
    .entries(region)
    .filter(([, facts]) => facts.subject === reference && (type === null || facts.artifactType === type))
    .map(([digest, { mediaType, size, artifactType, annotations }]) => ({
      mediaType,
      digest,
      size,
      ...(artifactType !== undefined && { artifactType }),
      ...(annotations !== undefined && { annotations }),
    }));
  return json(
    200,
    { schemaVersion: 2, mediaType: INDEX, manifests },
    { "Content-Type": INDEX, ...(type !== null && { "OCI-Filters-Applied": "artifactType" }) },
  );
}

function getManifest({ repository, reference, request, files, at: { region } }: Asked): RegistryAnswer {
  const digest = isDigest(reference) ? reference : repository.tags.get(reference, region);
  const facts = digest === undefined ? undefined : repository.manifests.get(digest, region);
  if (digest === undefined || !facts || !isAccepted(facts.mediaType, request.headers.accept))
    throw unknownManifest(reference);
  const headers = {
    "Content-Type": facts.mediaType,
    "Docker-Content-Digest": digest,
    ETag: `"${digest}"`,
    "Content-Length": String(facts.size),
  };
  return { status: 200, headers, file: files.file(digest) };
}

/** Whether a client takes a type of manifest. One that names none is shown whatever there is. */
function isAccepted(mediaType: string, accept = "*/*"): boolean {
  const types = accept.split(",").map((type) => type.split(";")[0]!.trim());
  return types.some((type) => type === mediaType || type === "*/*" || type === "application/*");
}

function putManifest(asked: Asked): RegistryAnswer {
  const { repository, reference, request, files, name, at } = asked;
  const { body, headers } = request;
  if (body.length > LARGEST_MANIFEST)
    throw new RegistryError(413, "SIZE_INVALID", `The manifest has more than ${LARGEST_MANIFEST} bytes.`);
  const digest = digestOf(body, isDigest(reference) ? reference : undefined);
  if (reference.includes(":") && digest !== reference)
    throw new RegistryError(400, "DIGEST_INVALID", "provided digest did not match uploaded content");
  if (!reference.includes(":") && !TAG.test(reference))
    throw new RegistryError(400, "TAG_INVALID", "manifest tag did not match URI");
  const manifest = manifestIn(body);
  const mediaType = (headers["content-type"] ?? "").split(";")[0]!.trim();
  if (mediaType === "" || (manifest.mediaType ?? mediaType) !== mediaType)
    throw new RegistryError(400, "MANIFEST_INVALID", "The media type is not the one of the manifest.");
  requireParts(manifest, asked);
  const subject = isJson(manifest.subject) ? String(manifest.subject.digest) : undefined;
  const config = isJson(manifest.config) ? manifest.config.mediaType : undefined;
  const artifactType = manifest.artifactType ?? config;
  const facts: ManifestFacts = {
    mediaType,
    size: body.length,
    ...(subject !== undefined && { subject }),
    ...(typeof artifactType === "string" && { artifactType }),
    ...(manifest.annotations !== undefined && { annotations: manifest.annotations }),
  };
  files.keep(body, digest);
  repository.manifests.set(digest, facts, at.region);
  if (reference !== digest) repository.tags.set(reference, digest, at.region);
  return {
    status: 201,
    headers: {
      Location: `/v2/${name}/manifests/${digest}`,
      "Docker-Content-Digest": digest,
      ...(subject !== undefined && { "OCI-Subject": subject }),
    },
  };
}

function manifestIn(body: Buffer): Json {
  try {
    const manifest = JSON.parse(body.toString()) as unknown;
    if (isJson(manifest)) return manifest;
  } catch {
    // The same as other JSON.
  }
  throw new RegistryError(400, "MANIFEST_INVALID", "manifest invalid");
}

/** @throws RegistryError if a manifest has blobs or manifests that the region does not know */
function requireParts(manifest: Json, { repository, at: { region } }: Asked): void {
  const isElsewhere = ({ mediaType, urls }: Json) =>
    urls !== undefined || /nondistributable|foreign/.test(String(mediaType));
  const missing = (parts: readonly Json[], known: Repository["blobs"] | Repository["manifests"]) =>
    parts.map(({ digest }) => String(digest)).find((digest) => known.get(digest, region) === undefined);
  const layers = objects(manifest.layers).filter((layer) => !isElsewhere(layer));
  const blob = missing([...objects([manifest.config]), ...layers], repository.blobs);
  if (blob !== undefined)
    throw new RegistryError(404, "MANIFEST_BLOB_UNKNOWN", "blob unknown to registry", {}, { digest: blob });
  const child = missing(objects(manifest.manifests), repository.manifests);
  if (child !== undefined) throw unknownManifest(child);
}

function deleteManifest({ repository, reference, at: { region } }: Asked): RegistryAnswer {
  // Source: "Manifests - Delete", the registry's REST API: a manifest can only be deleted by its digest.
  if (!isDigest(reference)) throw UNSUPPORTED;
  if (!repository.manifests.get(reference, region)) throw unknownManifest(reference);
  repository.manifests.set(reference, undefined, region);
  for (const [tag, digest] of repository.tags.entries(region))
    if (digest === reference) repository.tags.set(tag, undefined, region);
  return { status: 202 };
}

/** A blob is where the region keeps it. Whether there is one, the login server says itself. */
function getBlob(asked: Asked): RegistryAnswer {
  const { reference: digest, request, files, locationOf } = asked;
  requireBlob(asked);
  const headers = { "Docker-Content-Digest": digest };
  if (request.method === "GET") return { status: 307, headers: { ...headers, Location: locationOf(digest) } };
  const length = { "Content-Length": String(files.size(digest)), "Content-Type": "application/octet-stream" };
  return { status: 200, headers: { ...headers, ...length }, file: files.file(digest) };
}

function deleteBlob(asked: Asked): RegistryAnswer {
  requireBlob(asked);
  asked.repository.blobs.set(asked.reference, undefined, asked.at.region);
  return { status: 202, headers: { "Docker-Content-Digest": asked.reference } };
}

function requireBlob({ repository, reference, at: { region } }: Asked): void {
  requireDigest(reference);
  if (!repository.blobs.get(reference, region))
    throw new RegistryError(404, "BLOB_UNKNOWN", "blob unknown to registry", {}, { digest: reference });
}

function requireDigest(text: string): void {
  if (!isDigest(text)) throw new RegistryError(400, "DIGEST_INVALID", "provided digest did not match uploaded content");
}

/** Begins an upload; with `mount`, takes a blob of another repository; with `digest`, takes the whole blob at once. */
function beginUpload(asked: Asked): RegistryAnswer {
  const { repository, query, files, request, at, images, tokens } = asked;
  const [mount, from, digest] = ["mount", "from", "digest"].map((name) => query.get(name));
  if (mount && from && tokens.allows({ type: "repository", name: from }, "pull", request, at)) {
    if (images.at(from).blobs.get(mount, at.region)) {
      repository.blobs.set(mount, true, at.region);
      return blobCreated(mount, asked);
    }
  }
  const upload = { ...files.begin(), region: at.region };
  repository.uploads.set(upload.id, upload);
  if (digest) return endUpload({ ...asked, reference: upload.id });
  return progressOf(202, upload, asked);
}

function continueUpload(asked: Asked): RegistryAnswer {
  const upload = uploadOf(asked);
  append(upload, asked);
  return progressOf(202, upload, asked);
}

function endUpload(asked: Asked): RegistryAnswer {
  const { repository, files, query, at } = asked;
  const upload = uploadOf(asked);
  const digest = query.get("digest") ?? "";
  requireDigest(digest);
  append(upload, asked);
  repository.uploads.delete(upload.id);
  if (!files.finish(upload, digest)) {
    files.cancel(upload);
    throw new RegistryError(400, "DIGEST_INVALID", "provided digest did not match uploaded content");
  }
  repository.blobs.set(digest, true, at.region);
  return blobCreated(digest, asked);
}

function cancelUpload(asked: Asked): RegistryAnswer {
  const upload = uploadOf(asked);
  asked.repository.uploads.delete(upload.id);
  asked.files.cancel(upload);
  return { status: 204 };
}

/** The upload with an id, which only the region knows in which it began. */
function uploadOf({ repository, reference, at: { region } }: Asked) {
  const upload = repository.uploads.get(reference);
  if (upload?.region !== region) throw new RegistryError(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry");
  return upload;
}

/** Adds what a request brings, which has to begin where the upload is. */
function append(upload: ReturnType<typeof uploadOf>, asked: Asked): void {
  const { body, headers } = asked.request;
  const [, start, end] = /^(?:bytes[= ])?(\d+)-(\d+)/.exec(headers["content-range"] ?? "") ?? [];
  const isNext =
    start === undefined || (Number(start) === upload.size && Number(end) - Number(start) + 1 === body.length);
  if (!isNext)
    throw new RegistryError(
      416,
      "BLOB_UPLOAD_INVALID",
      "The range does not begin where the upload is.",
      whereIs(upload, asked),
    );
  asked.files.append(upload, body);
}

function progressOf(status: number, upload: ReturnType<typeof uploadOf>, asked: Asked): RegistryAnswer {
  return { status, headers: whereIs(upload, asked) };
}

function whereIs({ id, size }: ReturnType<typeof uploadOf>, { name }: Asked): Record<string, string> {
  return {
    Location: `/v2/${name}/blobs/uploads/${id}`,
    "Docker-Upload-Uuid": id,
    Range: `0-${Math.max(0, size - 1)}`,
    "Content-Length": "0",
  };
}

function blobCreated(digest: string, { name }: Asked): RegistryAnswer {
  return { status: 201, headers: { Location: `/v2/${name}/blobs/${digest}`, "Docker-Content-Digest": digest } };
}

function unknownManifest(reference: string): RegistryError {
  const what = isDigest(reference) ? "manifest" : `manifest tagged by "${reference}"`;
  return new RegistryError(404, "MANIFEST_UNKNOWN", `${what} is not found`);
}
