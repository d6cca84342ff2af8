#!/bin/sh
# Write C that holds the files of a folder: embed.sh TABLE FOLDER FILE... (files as paths below FOLDER) > out.c
# The bytes come in by the assembler's .incbin, so a large file costs no compile time.
set -eu
table=$1 folder=$2
shift 2
echo '#include "base/embed.h"'
i=0
for file in "$@"; do
	printf '__asm__(".section .rodata\\n.balign 16\\n%s_%d:\\n.incbin \\"%s/%s\\"\\n%s_%d_end:\\n.byte 0\\n.previous\\n");\n' \
		"$table" "$i" "$folder" "$file" "$table" "$i"
	printf 'extern const char %s_%d[] __attribute__((visibility("hidden"))), %s_%d_end[] __attribute__((visibility("hidden")));\n' \
		"$table" "$i" "$table" "$i"
	i=$((i + 1))
done
printf 'const spi_embedded %s[] = {\n' "$table"
i=0
for file in "$@"; do
	printf '\t{"%s", %s_%d, %s_%d_end},\n' "$file" "$table" "$i" "$table" "$i"
	i=$((i + 1))
done
printf '\t{0},\n};\n'
