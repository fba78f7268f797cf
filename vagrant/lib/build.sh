# Sourced by demo and verify, which set $here (the directory vagrant/): tools, and the runnable tree.
lib=$here/lib
root=$(dirname "$here")

step() {
	printf '\n== %s\n' "$1"
}

# Sets JAVA_HOME; installs Maven from Debian if there is none.
find_tools() {
	JAVA_HOME=$("$lib/jdk.sh") || return 1
	export JAVA_HOME
	command -v mvn >/dev/null || "$lib/packages.sh" maven || return 1
	echo "JAVA_HOME=$JAVA_HOME"
}

# Builds target/keyferry without running tests.
build_tree() {
	mvn -f "$root/pom.xml" -q -B -ntp -DskipTests package || return 1
	[ -x "$root/target/keyferry/bin/keyferryd" ] || {
		echo "the build left no target/keyferry/bin/keyferryd" >&2
		return 1
	}
}
