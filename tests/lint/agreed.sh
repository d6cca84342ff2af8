#!/bin/sh
# What we agreed not to do, found by grep. Prints each place and fails.
set -u
cd "$(dirname "$0")/../.."
bad=0
forbid() { # message, pattern, files...
	message=$1 pattern=$2
	shift 2
	if grep -nE "$pattern" "$@" 2>/dev/null; then
		echo "  ^ $message"
		bad=1
	fi
}
only_in() { # header, place allowed (extended regular expression)
	found=$(grep -rlE "#include <$1>" src include | grep -vE "$2")
	if [ -n "$found" ]; then
		echo "$found"
		echo "  ^ <$1> belongs to $2 alone"
		bad=1
	fi
}
sources=$(find src include -name '*.c' -o -name '*.h' -o -name '*.cc' -o -name '*.hh')
forbid "unbounded string function" '\b(strcpy|strcat|sprintf|vsprintf|gets|strtok)\(' $sources
forbid "the library neither prints nor exits" '\b(printf|puts|exit|abort)\(' $(echo "$sources" | grep -vE '^src/(cmd|main)')
forbid "SQL is written whole, values are bound" 'snprintf\([^;]*(SELECT|INSERT|UPDATE|DELETE) ' $(echo "$sources" | grep '^src/store')
forbid "settings are read by cmd alone" '#include "conf/' $(echo "$sources" | grep -vE '^src/(cmd|conf)')
forbid "one object of Xapian's for all threads (spi_match_all())" 'Query::Match(All|Nothing)' $sources
forbid "unfinished" '\b(TODO|FIXME|XXX)\b' $sources
only_in 'xapian.h' '^src/index/'
only_in 'microhttpd.h' '^src/http/'
only_in 'gnutls/[a-z0-9]*.h' '^src/http/'
only_in 'seccomp.h' '^src/sandbox/'
only_in 'sqlite3.h' '^src/store/'
only_in 'cmark-gfm[a-z_-]*.h' '^src/kb/'
only_in 'yaml.h' '^src/kb/'
only_in 'git2.h' '^src/history/'
only_in 'jansson.h' '^src/(http|cmd|convert|encode|publish|connect|access)/'
only_in 'cjose/[a-z]*.h' '^src/access/'
only_in 'libxml/[A-Za-z]*.h' '^src/convert/'
only_in 'curl/curl.h' '^src/(encode|connect)/'
# Two files' types of one name are one to the linker, and a template made for one of them is used for both.
open=$(find src -name '*.cc' | xargs awk '/^namespace \{/ { inside = 1 } /^\} \/\/ namespace/ { inside = 0 }
	!inside && /^(struct|class) [a-z_]+/ && !/;$/ && $2 !~ /^spi?_/ { print FILENAME ":" FNR ": " $0 }')
if [ -n "$open" ]; then
	echo "$open"
	echo "  ^ a type of one file alone belongs into a namespace without a name"
	bad=1
fi
# NAME, a list, what is shown where it is not in it, and why.
is_among() {
	case " $2 " in *" $1 "*) return ;; esac
	echo "$3"
	echo "  ^ $4"
	bad=1
}
# Data flows one way: a module includes only what stands left of it.
order=$(sed -n 's/^MODULES := //p' Makefile)
for folder in src/*/; do
	module=$(basename "$folder")
	is_among "$module" "$order build package" "src/$module" "is none of the Makefile's MODULES: nothing says what it may look up to"
done
seen=
for module in $order; do
	for above in $order; do
		case " $seen $module " in *" $above "*) continue ;; esac
		forbid "src/$module may not look up to src/$above" "#include \"$above/" $(find src/$module -type f 2>/dev/null)
	done
	seen="$seen $module"
done
# make builds each test_ of tests/unit, whatever language it is in; what is not run proves nothing.
ran=$(python3 -B -c 'import sys; sys.path.insert(0, "tests"); import run; print(*(name for name, *_ in run.unit()))')
for source in tests/unit/test_*; do
	is_among "$(basename "${source%.*}")" "$ran" "$source" "is built, and tests/run.py does not run it"
done
[ $bad = 0 ] && echo "agreed rules hold"
exit $bad
