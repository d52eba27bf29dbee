# Cases of script-steps.test.ts for the push: a name, shell code, and what it prints.

## a VM without jq, and one without docker
(command_is docker; only_these; try tools); mv bin/docker bin/jq; only_these; try tools
#: tools: no-jq
#: tools: no-docker

## a VM on which cloud-init failed
command_is jq; command_is cloud-init 'exit 1'; command_is apt-get 'exit 100'; only_these; try tools
#: progress: waiting for up to 300 s until cloud-init has installed docker and jq
#: progress: installing docker and jq, which cloud-init did not
#: tools: cloud-init-failed

## a docker daemon that starts after a while, and one that does not
retry_limit=60
docker_version() { ! first 2; }
(try tools); : >docker.log
docker_version() { return 1; }
try tools; wc -l <docker.log
#: progress: waiting for up to 60 s until docker runs
#: passed
#: progress: waiting for up to 60 s until docker runs
#: tools: no-daemon
#: 12

## a context, and those that are not base64, not an archive, and without a Dockerfile
mkdir context
for context in '***' YWJj "$WITHOUT_DOCKERFILE" "$CONTEXT"; do (try context); done
echo context/*
#: context: bad-base64
#: context: bad-archive
#: context: no-dockerfile
#: passed
#: context/Dockerfile context/hello.sh

## a base image that is not reachable, a push that is not allowed, and one without a digest in its output
docker_build() { error 'Get https://mcr.test/v2/: i/o timeout'; }
docker_push() { echo 'The push refers to'; error 'unauthorized: no push'; }
(try build); (try push)
docker_push() { :; }
try push
#: build: exit-1
#: detail Get https://mcr.test/v2/: i/o timeout
#: push: denied
#: detail unauthorized: no push
#: push: no-digest

## a push that is refused until a role takes effect, with new tokens
role_limit=600
answer() { tokens "$1"; }
docker_login() { :; }
docker_push() { if first 2; then error unauthorized; else echo "v1: digest: $LAYER size: 1"; fi; }
echo r >exchange.token; try push; echo "$digest"; cut -d ' ' -f 1 docker.log | cat asked - | tr '\n' ' '
#: progress: waiting for up to 600 s until the VM's role takes effect
#: passed
#: 2 retries in 30 s
#: $LAYER
#: exchange exchange push login push login push

## the data endpoint, by an index
answer() {
  case $1$2 in
    manifest*"$LAYER") body "$INDEX" ;;
    manifest*) body "$CONFIGURATION" ;;
    blob*) status=307 redirect="https://$DATA/a" ;;
    *) tokens "$1" ;;
  esac
}
after_push
#: $DATA after token manifest manifest blob

## the data endpoint, by a manifest
answer() { case $1 in blob) status=307 redirect="https://$DATA/a" ;; manifest) body "$CONFIGURATION" ;; *) tokens "$1" ;; esac; }
after_push
#: $DATA after token manifest blob

## a token that is refused, a replica without the image, and manifests, with which there is no data endpoint
answer() { status=401; }
(after_push)
for content in '' '{' '{"config":{"digest":"sha256:\""}}' '{"manifests":[{"digest":"sha256:x","platform":{"os":"linux"}}]}'; do
  answer() { if [ "$1" = token ]; then tokens token; elif [ -n "$content" ]; then body "$content"; else status=404; fi; }
  (after_push)
done
#: none after token
#: none after token manifest
#: none after token manifest
#: none after token manifest
#: none after token manifest

## another redirect, a host that is not a name, and a connection that is cut, with which there is no data endpoint
for found in 'status=302 redirect=https://a.test/' 'status=307 redirect=https://a_b/' curl_exit=52; do
  answer() { case $1 in blob) eval "$found" ;; manifest) body "$CONFIGURATION" ;; *) tokens "$1" ;; esac; }
  (after_push)
done
#: none after token manifest blob
#: none after token manifest blob
#: none after token manifest blob
