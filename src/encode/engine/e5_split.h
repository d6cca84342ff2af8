/* Texts into pieces of the vocabulary: what the engine's tok_content() finds, found sooner. It looks up each piece of the text by a hash of
   all its bytes; here a hash goes on from that of the piece that is a character shorter, and none is looked for across a word's beginning,
   as no piece of the vocabulary has one elsewhere than at its own. Included by e5_tokens.c after the engine. */
#ifndef ENCODE_ENGINE_E5_SPLIT_H
#define ENCODE_ENGINE_E5_SPLIT_H

#define HASH_SEED 1469598103934665603ULL /* as fnv1a() */
#define HASH_PRIME 1099511628211ULL
#define NO_WAY (-1e30f)
#define IS_WAY (-1e29f) /* as the engine compares */
#define BLANK 0x20u

/* A text being split: its characters as the vocabulary has them, and the best way to the end of each. */
typedef struct splitting {
	uint32_t *points;
	char *bytes;
	int *starts; /* of each character, and the end */
	float *best;
	int *piece, *from;
	int count;
} splitting;

static void close_split(splitting *s)
{
	free(s->points);
	free(s->bytes);
	free(s->starts);
	free(s->best);
	free(s->piece);
	free(s->from);
}

static int open_split(splitting *s, size_t most)
{
	*s = (splitting){malloc(most * sizeof *s->points), malloc(most * 4), malloc((most + 1) * sizeof *s->starts),
		malloc((most + 1) * sizeof *s->best), malloc((most + 1) * sizeof *s->piece), malloc((most + 1) * sizeof *s->from), 0};
	if (s->points && s->bytes && s->starts && s->best && s->piece && s->from)
		return 0;
	close_split(s);
	return -1;
}

/* What a character becomes: as many as said, none where it is itself. */
static int becomes(const tokenizer *t, uint32_t point, const uint32_t **ret)
{
	int known = norm_find(t, point);
	*ret = known < 0 ? NULL : t->norm_out + t->norm_off[known];
	return known < 0 ? 1 : (int)(t->norm_off[known + 1] - t->norm_off[known]);
}

static size_t count_points(const tokenizer *t, const char *text, size_t len)
{
	size_t count = 0;
	for (size_t i = 0; i < len;) {
		const uint32_t *unused;
		uint32_t point;
		i += (size_t)utf8_decode(text + i, (int)(len - i), &point);
		count += (size_t)becomes(t, point, &unused);
	}
	return count;
}

/* Characters as the model was trained on them; of blanks in a row one is left. Gives how many. */
static int normalise_points(const tokenizer *t, const char *text, size_t len, uint32_t *ret)
{
	int kept = 0;
	for (size_t i = 0; i < len;) {
		const uint32_t *others;
		uint32_t point;
		i += (size_t)utf8_decode(text + i, (int)(len - i), &point);
		int count = becomes(t, point, &others);
		for (int k = 0; k < count; k++) {
			uint32_t one = others ? others[k] : point;
			if (one != BLANK || kept == 0 || ret[kept - 1] != BLANK)
				ret[kept++] = one;
		}
	}
	return kept;
}

static void add_character(splitting *s, uint32_t point, int *end)
{
	s->points[s->count] = point;
	s->starts[s->count++] = *end;
	*end += utf8_encode(point, s->bytes + *end);
}

/* Words begin with META, the first one too. */
static void lay_out_characters(splitting *s, int count)
{
	int end = 0;
	if (count == 0 || s->points[0] != BLANK) {
		memmove(s->points + 1, s->points, (size_t)count * sizeof *s->points);
		s->points[0] = BLANK;
		count++;
	}
	for (int i = 0; i < count; i++)
		add_character(s, s->points[i] == BLANK ? META : s->points[i], &end);
	s->starts[s->count] = end;
}

static int find_piece(const tokenizer *t, uint64_t hash, const char *at, int len)
{
	for (uint32_t i = (uint32_t)(hash & (uint64_t)t->ht_mask);; i = (i + 1) & (uint32_t)t->ht_mask) {
		int number = t->ht[i] - 1;
		if (number < 0)
			return -1;
		if ((int)(t->offs[number + 1] - t->offs[number]) == len && memcmp(t->blob + t->offs[number], at, (size_t)len) == 0)
			return number;
	}
}

static void go(splitting *s, int from, int to, int piece, float score)
{
	if (score <= s->best[to])
		return;
	s->best[to] = score;
	s->piece[to] = piece;
	s->from[to] = from;
}

/* All pieces that begin with the character. */
static void go_on_from(splitting *s, const tokenizer *t, int from)
{
	uint64_t hash = HASH_SEED;
	int begin = s->starts[from], at = begin;
	for (int to = from + 1; to <= s->count && s->starts[to] - begin <= t->max_piece_bytes; to++) {
		for (; at < s->starts[to]; at++)
			hash = (hash ^ (uint8_t)s->bytes[at]) * HASH_PRIME;
		int piece = find_piece(t, hash, s->bytes + begin, at - begin);
		if (piece >= 0 && piece != t->unk)
			go(s, from, to, piece, s->best[from] + t->scores[piece]);
		if (to < s->count && s->points[to] == META)
			break;
	}
	go(s, from, from + 1, -1, s->best[from] + t->unk_score);
}

/* Viterbi's way through a unigram model (Kudo 2018, arXiv:1804.10959); gives how many pieces, the first ones of which are in ret. */
static int find_way(splitting *s, const tokenizer *t, int *ret, int most)
{
	int count = 0, place;
	for (int i = 0; i <= s->count; i++)
		s->best[i] = NO_WAY;
	s->best[0] = 0;
	for (int i = 0; i < s->count; i++)
		if (s->best[i] > IS_WAY)
			go_on_from(s, t, i);
	for (int i = s->count; i > 0; i = s->from[i])
		count++;
	place = count;
	for (int i = s->count; i > 0; i = s->from[i])
		if (--place < most)
			ret[place] = s->piece[i] < 0 ? t->unk : s->piece[i];
	return count < most ? count : most;
}

/* As tok_content(), but -1 when there is no memory. */
static int split_text(const tokenizer *t, const char *text, int *ret, int most)
{
	splitting s;
	size_t len = strlen(text);
	if (open_split(&s, count_points(t, text, len) + 1) != 0)
		return -1;
	lay_out_characters(&s, normalise_points(t, text, len, s.points));
	int count = find_way(&s, t, ret, most);
	close_split(&s);
	return count;
}

#endif
