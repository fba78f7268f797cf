#!/bin/sh -e
# Prints the home of a JDK of version 25 or newer; installs Debian's if there is none yet.
# usage: JAVA_HOME=$(vagrant/lib/jdk.sh)
here=$(dirname "$(readlink -f "$0")")
wanted=25

is_jdk() {
	[ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
	major=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release")
	[ "${major:-0}" -ge $wanted ]
}

find_jdk() {
	for home in "${JAVA_HOME:-}" /usr/lib/jvm/*$wanted* /usr/lib/jvm/*; do
		if [ -n "$home" ] && is_jdk "$home"; then
			readlink -f "$home"
			return 0
		fi
	done
	return 1
}

! find_jdk || exit 0
debian=openjdk-$wanted-jdk-headless
candidate() { apt-cache policy $debian 2>/dev/null | sed -n 's/^ *Candidate: *//p' | grep -v '^(none)$'; }
[ -n "$(candidate)" ] || [ "$(id -u)" != 0 ] || apt-get update >/dev/null 2>&1 || true
if [ -n "$(candidate)" ]; then
	"$here/packages.sh" $debian >&2
	! find_jdk || exit 0
fi
cat >&2 <<HELP
Keyferry needs a JDK $wanted, and this machine has none, nor has its Debian the package $debian.
Install Eclipse Temurin $wanted, as root:

  apt-get install -y wget ca-certificates
  wget -O /usr/share/keyrings/adoptium.asc https://packages.adoptium.net/artifactory/api/gpg/key/public
  . /etc/os-release
  echo "deb [signed-by=/usr/share/keyrings/adoptium.asc] https://packages.adoptium.net/artifactory/deb \$VERSION_CODENAME main" \\
      >/etc/apt/sources.list.d/adoptium.list
  apt-get update && apt-get install -y temurin-$wanted-jdk

or unpack any JDK $wanted and set JAVA_HOME.
HELP
exit 1
