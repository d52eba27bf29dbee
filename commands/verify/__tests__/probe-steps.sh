# Cases of script-steps.test.ts for the probe: a name, shell code, and what it prints.

## a challenge of another kind
answer() { status=401; echo 'WWW-Authenticate: Basic realm="here"' >challenge.head; }
try challenge
#: challenge: no-bearer
#: steps/challenge/scheme Basic
#: steps/challenge/realm here
#: steps/challenge/service

## two challenges, of which one is for a token
answer() {
  status=401
  printf 'www-authenticate: Basic realm="no"\r\nWWW-Authenticate: Bearer realm="r",service="s"\r\n' >challenge.head
}
try challenge
#: passed
#: steps/challenge/scheme Bearer
#: steps/challenge/realm r
#: steps/challenge/service s

## a challenge that is refused, a connection that is cut, a certificate with OpenSSL's code, a timeout, and the end of the time
for result in status=403 curl_exit=52 'curl_exit=60 verified=10' curl_exit=28 'curl_exit=28 now_ms=$deadline'; do
  answer() { eval "$result"; }
  (try challenge)
done
#: challenge: http-403
#: error in challenge.body
#: challenge: curl-52
#: challenge: curl-60-10
#: challenge: curl-28
#: challenge: time-limit

## an identity that is refused, one without a token, and a pod without a federated token
answer() { status=$status_of; echo '<html>'; }
for status_of in 400 200; do (try identity); done
PROBE_IDENTITY=workload; try identity
#: identity: http-400
#: error in identity.body
#: identity: no-token
#: identity: no-federated-token

## one of several identities
PROBE_CLIENT_ID=one
answer() { echo "$2" >url; echo '{"access_token" : "t"}'; }
try identity; cat url identity.token
#: passed
#: http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fcontainerregistry.azure.net&client_id=one
#: t

## a sign-in of a pod that is not reachable, by the proxy of its cluster
PROBE_IDENTITY=workload AZURE_FEDERATED_TOKEN_FILE=/dev/null
answer() { curl_exit=7; echo "proxy: $proxy" >used; }
try identity; cat used; echo "then: $proxy"
#: identity: signin-7
#: proxy:
#: then: noproxy = "*"

## a role that does not take effect
role_limit=600
answer() { status=403; }
try exchange; wc -l <asked
#: progress: waiting for up to 600 s until the VM's role takes effect
#: exchange: http-403
#: error in exchange.body
#: 39 retries in 585 s
#: 40

## a role that takes effect, after both statuses that mean that it is missing
role_limit=600
answer() { if first 3; then status=40$((times % 2 * 2 + 1)); else tokens "$1"; fi; }
try exchange
#: progress: waiting for up to 600 s until the VM's role takes effect
#: passed
#: 3 retries in 45 s

## a token that lacks the permission, which is requested again
role_limit=600
answer() { if [ "$1" != manifest ]; then tokens "$1"; elif first 2; then status=401; else body "$MANIFEST"; fi; }
try manifest; tr '\n' ' ' <asked; cat authorization
#: progress: waiting for up to 600 s until the VM's role takes effect
#: passed
#: steps/manifest/digest $MANIFEST_DIGEST
#: 2 retries in 30 s
#: manifest exchange token manifest exchange token manifest Authorization: Bearer a

## a pull that is denied, after which a new login comes
role_limit=600
answer() { tokens "$1"; }
docker_login() { :; }
docker_image() { :; }
docker_pull() { ! first 2 || error denied; }
echo r >exchange.token; try pull; cut -d ' ' -f 1 docker.log | tr '\n' ' '
#: progress: waiting for up to 600 s until the VM's role takes effect
#: passed
#: failed/detail denied
#: failed/detail denied
#: 2 retries in 30 s
#: image pull login image pull login image pull

## another failure of a later try
role_limit=600
answer() { if [ "$1" != token ]; then tokens "$1"; elif first 1; then status=403; else status=502; fi; }
try token
#: progress: waiting for up to 600 s until the VM's role takes effect
#: token: http-502
#: error in token.body
#: 1 retries in 15 s

## an address that the firewall refuses, an image that is locked, and throttling, which a role does not change
role_limit=600
for message in "client with IP '4.3.2.1' is not allowed access." 'The operation is disallowed on this image.' ''; do
  answer() { if [ -n "$message" ]; then status=403; else status=429; fi; echo "$message"; }
  (try exchange | head -n 1)
done
#: exchange: http-403
#: exchange: http-403
#: exchange: http-429

## an index, and the smallest layer that is in the registry
answer() { case $1 in manifest) body "$INDEX" ;; platform) body "$MANIFEST" ;; esac; }
layer=; try manifest; echo "$layer"
#: passed
#: steps/manifest/digest $INDEX_DIGEST
#: steps/manifest/platform linux/$ARCHITECTURE
#: steps/manifest/platformDigest $MANIFEST_DIGEST
#: $LAYER

## an index without this platform, one whose manifest has another digest, and a manifest that is not JSON, and bad layers
for content in '{"manifests":[{"platform":{"os":"windows"},"digest":"x"}]}' "$INDEX" '{' '{}' "$WRONG_LAYER"; do
  answer() { case $1 in manifest) body "$content" ;; platform) body '{}' ;; esac; }
  (try manifest | head -n 1)
done
#: manifest: no-platform
#: manifest: digest-mismatch
#: manifest: bad-manifest
#: manifest: no-layer
#: manifest: no-layer

## a manifest with another digest than the header has
answer() { echo "Docker-Content-Digest: $LAYER" >manifest.head; body "$MANIFEST"; }
try manifest
#: manifest: digest-mismatch

## a token that lacks a scope
answer() { status=401; echo 'WWW-Authenticate: Bearer realm="r",error="insufficient_scope"' >manifest.head; }
try manifest
#: manifest: http-401
#: failed/challenge insufficient_scope
#: error in manifest.body

## something else that is missing, and a replica that does not get the image
retry_limit=180
answer() { status=404; echo "$message"; }
for message in '' MANIFEST_UNKNOWN; do (try manifest); done
#: manifest: http-404
#: error in manifest.body
#: progress: waiting for up to 180 s until the replica has the image
#: manifest: http-404
#: error in manifest.body
#: 35 retries in 175 s

## a replica that gets the image while it is asked
retry_limit=180
answer() { if first 1; then status=404; echo NAME_UNKNOWN; else body "$MANIFEST"; fi; }
try manifest
#: progress: waiting for up to 180 s until the replica has the image
#: passed
#: steps/manifest/digest $MANIFEST_DIGEST
#: 1 retries in 5 s

## a replica that keeps an older image
retry_limit=180 wanted=$LAYER
answer() { body "$MANIFEST"; }
try manifest
#: progress: waiting for up to 180 s until the replica has the image
#: manifest: other-digest
#: steps/manifest/digest $MANIFEST_DIGEST
#: 35 retries in 175 s

## a layer that the replica does not have yet
retry_limit=180
answer() { if first 2; then status=404; echo BLOB_UNKNOWN; else status=307 redirect="https://$DATA/"; fi; }
try blob | head -n 3
#: progress: waiting for up to 180 s until the replica has the image
#: passed
#: steps/blob/digest $LAYER

## a blob without a redirect
answer() { status=200; }
try blob
#: blob: http-200
#: steps/blob/digest $LAYER
#: error in blob.body

## redirects to a data endpoint, to one that is not the registry's, and to the login server of a region
for redirect_to in "https://$DATA:443/a?b" 'https://user@other.data.test/?a' "https://$GEO/"; do
  answer() { status=307 redirect=$redirect_to; }
  (try blob | sed -n '1p; 3,4p'; rm facts)
done
#: passed
#: steps/blob/host $DATA
#: steps/blob/known true
#: passed
#: steps/blob/host other.data.test
#: steps/blob/known false
#: passed
#: steps/blob/host $GEO
#: steps/blob/known false

## redirects to nowhere, without TLS, and those that would change curl's configuration
for redirect_to in '' 'http://127.0.0.1/' 'https://a.test/"' "https://a.test/$(printf '\nb')"; do
  answer() { status=307 redirect=$redirect_to; }
  (try blob | head -n 1)
done
#: blob: bad-location
#: blob: bad-location
#: blob: bad-location
#: blob: bad-location

## a signature that is refused, a blob, and one with the wrong content
location=x
for content in '' layer other; do
  answer() { [ -n "$content" ] || status=403; body "$content"; }
  (try download); rm -f facts
done
#: download: http-403
#: error in download.body
#: passed
#: steps/download/bytes 5
#: download: digest-mismatch
#: steps/download/bytes 5

## a docker daemon that is not running, a login that is refused, one that takes too long, and one at the end of the time
docker_login() { eval "$result"; }
echo r >exchange.token
for result in 'error "Cannot connect to the Docker daemon at unix:///x."' 'error "status: 401 Unauthorized"' \
  'return 124' 'now_ms=$deadline; return 137'; do
  (try login); rm -f facts
done
#: login: no-daemon
#: failed/detail Cannot connect to the Docker daemon at unix:///x.
#: login: denied
#: failed/detail status: 401 Unauthorized
#: login: timeout
#: login: time-limit

## a pull on somebody else's machine, from which nothing is removed, and one before which an older image is
docker_image() { :; }
docker_pull() { :; }
for install in no yes; do (try pull); done; cat docker.log
#: passed
#: passed
#: pull $IMAGE
#: image rm $IMAGE
#: pull $IMAGE

## an image for another processor architecture, and docker's hint at its help
docker_run() { error 'exec format error'; error ''; error "Run 'docker run --help' for more" 126; }
try run
#: run: exit-126
#: failed/detail exec format error
#: steps/run/output

## a container that fails, which may keep running and is removed
docker_run() { echo 'oh no'; return 3; }
try run; (clean_up); sed 's/probe-[0-9]*/NAME/' docker.log
#: run: exit-3
#: steps/run/output oh no
#: run --rm --pull never --network none --name NAME $IMAGE
#: rm --force NAME

## a VM without docker, and one on which cloud-init is running
only_these
for cloud_init in 0 124; do (try login); done
#: login: no-docker
#: login: cloud-init-running

## tools that cloud-init is about to install
command_is docker; command_is cloud-init '/bin/mv later/jq bin/jq'; only_these; try tools
#: progress: waiting for up to 120 s until cloud-init has installed docker and jq
#: passed

## tools that cloud-init could not install, and apt-get can
command_is docker; command_is cloud-init 'exit 1'
command_is apt-get 'echo "$DEBIAN_FRONTEND $*" >>apt.log; [ "$1" = update ] || /bin/mv later/jq bin/jq'
(only_these; try tools); cat apt.log
#: progress: waiting for up to 120 s until cloud-init has installed docker and jq
#: progress: installing docker and jq, which cloud-init did not
#: passed
#: noninteractive update
#: noninteractive install --yes --option DPkg::Lock::Timeout=60 $PACKAGES

## tools that cloud-init is still installing, while nothing else does
command_is docker; command_is cloud-init 'exit 124'; command_is apt-get ': >apt.log'; only_these; try tools; echo *.log
#: progress: waiting for up to 120 s until cloud-init has installed docker and jq
#: tools: cloud-init-running
#: *.log

## tools that cannot be installed, after cloud-init failed, ended with errors, or did not
command_is docker; command_is apt-get 'exit 100'
for status_of in 1 2 0; do
  command_is cloud-init "exit $status_of"
  (only_these; try tools) | /usr/bin/tail -n 1
done
#: tools: cloud-init-failed
#: tools: cloud-init-failed
#: tools: no-jq

## somebody else's machine without jq or curl, on which nothing is installed
install=no; command_is apt-get ': >apt.log'
command_is curl; (only_these; try tools)
rm bin/curl; command_is jq; (only_these; try tools); echo *.log
#: tools: lacks-jq
#: tools: lacks-curl
#: *.log

## regions, of which one gets the image while it is asked, and one has it
retry_limit=180; echo r >exchange.token
answer() {
  case $2 in
    */oauth2/token) tokens token ;;
    *) if first 2; then status=404; echo MANIFEST_UNKNOWN; else body "$MANIFEST"; fi ;;
  esac
}
ask_regions; facts; cat region.authorization
#: progress: waiting for up to 180 s until $GEO has the image
#: regions/0 $MANIFEST_SHORT
#: regions/1 $MANIFEST_SHORT
#: Authorization: Bearer a

## regions that lack the image, which are asked until the wait for the first replica would have ended
retry_limit=180 waiting_since=0 now_ms=100000 tagged=$LAYER; echo r >exchange.token
answer() {
  case $2 in
    */oauth2/token) tokens token ;;
    *"$GEO"*) body "$MANIFEST" ;;
    *) status=404; echo MANIFEST_UNKNOWN ;;
  esac
}
ask_regions; facts; echo "$now_ms"
#: progress: waiting for up to 180 s until $GEO has the image
#: regions/0 $MANIFEST_SHORT
#: regions/1 http-404
#: 175000

## no region without a token, and regions that cannot be asked
answer() { curl_exit=7; echo asked; }
(ask_regions; ls)
echo r >exchange.token; ask_regions; facts
#: output
#: regions/0 curl-7
#: regions/1 curl-7
