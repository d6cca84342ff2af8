/* What template_compile.c makes of templates and template.c walks through. Private to the two. */
#ifndef HTTP_TEMPLATE_NODES_H
#define HTTP_TEMPLATE_NODES_H

#include "http/template.h"

/* FNV-1a: names are ours, nobody chooses them to collide. */
static inline uint32_t spi_name_hash(const char *name, size_t len)
{
	uint32_t hash = 2166136261u;
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)name[i]) * 16777619u;
	return hash;
}

/* Templates are one flat list of nodes; a section knows where it ends, so that rendering is a walk with a cursor. */
typedef enum node_kind { NODE_TEXT, NODE_VALUE, NODE_SECTION, NODE_INVERTED, NODE_PARTIAL, NODE_CATALOG } node_kind;

#define SPI_PATH_MAX 4
typedef struct path {
	struct {
		const char *name;
		size_t len;
		uint32_t hash;
	} parts[SPI_PATH_MAX];
	int count;
} path;

/* A catalogue text cut at its placeholders: pieces of text and names in turn. */
typedef struct piece {
	const char *text;
	size_t len;
	path name; /* count 0: a text */
} piece;

typedef struct phrase {
	piece *pieces;
	size_t count;
} phrase;

typedef struct node {
	node_kind kind;
	bool raw;
	size_t end; /* section: index of the node behind it; partial: index of the template */
	const char *text;
	size_t len;
	int line;
	path path;
	phrase phrases[SP_LANG_COUNT];
} node;

typedef struct template
{
	const char *name, *source;
	size_t first, end;
	int visit; /* while looking for circles: 0 not seen, 1 on the way, 2 done */
}
template;

struct spi_templates {
	sp_arena *arena;
	template *items;
	size_t count;
	node *nodes;
	size_t nodes_count, nodes_cap;
};

#endif
