/* How many edits lie between two words. */
#include "harness.h"

#include "sportello/text.h"

static int edits(const char *a, const char *b, int limit)
{
	int there = sp_text_edit_distance(a, strlen(a), b, strlen(b), limit);
	CHECK_INT(sp_text_edit_distance(b, strlen(b), a, strlen(a), limit), there);
	return there;
}

TEST(test_text_edit_distance)
{
	CHECK_INT(edits("", "", 2), 0);
	CHECK_INT(edits("spid", "spid", 0), 0);
	CHECK_INT(edits("spid", "sipd", 2), 1);
	CHECK_INT(edits("spid", "spidd", 2), 1);
	CHECK_INT(edits("rimborso", "rinborso", 2), 1);
	CHECK_INT(edits("rimborso", "rmborsso", 3), 2);
	CHECK_INT(edits("città", "citta", 2), 1);
	CHECK_INT(edits("è", "e", 1), 1);
	CHECK_INT(edits("ca", "abc", 5), 3); /* restricted: no edit inside a transposition */
	CHECK_INT(edits("kitten", "sitting", 5), 3);
	CHECK_INT(edits("kitten", "sitting", 3), 3);
	CHECK_INT(edits("kitten", "sitting", 2), 3);
	CHECK_INT(edits("kitten", "sitting", 1), 2);
	CHECK_INT(edits("abc", "xyz", 0), 1);
	CHECK_INT(edits("abc", "xyz", -5), 1);
	CHECK_INT(edits("", "abc", 3), 3);
	CHECK_INT(edits("", "abc", 2), 3);
	CHECK_INT(edits("abcdef", "badcfe", 3), 3);
	char long_word[130];
	memset(long_word, 'a', sizeof(long_word));
	CHECK_INT(sp_text_edit_distance(long_word, 64, long_word, 63, 2), 1);
	CHECK_INT(sp_text_edit_distance(long_word, 65, long_word, 64, 2), 3);
	CHECK_INT(sp_text_edit_distance(long_word, 65, long_word, 65, 2), 0);
	CHECK_INT(sp_text_edit_distance("a", 1, "b", 1, 1 << 30), 1);
}

/* Against the plain recurrence, on all words of up to four letters of a small alphabet. */
static int slow_distance(const char *a, int n, const char *b, int m)
{
	int table[8][8];
	for (int i = 0; i <= n; i++) {
		for (int j = 0; j <= m; j++) {
			int cost = i == 0 ? j : j == 0 ? i : 99;
			if (i && j) {
				int change = table[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
				int add = (table[i - 1][j] < table[i][j - 1] ? table[i - 1][j] : table[i][j - 1]) + 1;
				cost = change < add ? change : add;
			}
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && table[i - 2][j - 2] + 1 < cost)
				cost = table[i - 2][j - 2] + 1;
			table[i][j] = cost;
		}
	}
	return table[n][m];
}

static int make_word(int code, char word[8])
{
	int len = 0;
	for (; code > 0; code /= 4) {
		if (code % 4 == 0)
			return -1;
		word[len++] = "abc"[code % 4 - 1];
	}
	return len;
}

TEST(test_text_edit_distance_equals_the_plain_one)
{
	char a[8], b[8];
	for (int x = 0; x < 256; x++) {
		for (int y = 0; y < 256; y++) {
			int n = make_word(x, a), m = make_word(y, b);
			if (n < 0 || m < 0)
				continue;
			int want = slow_distance(a, n, b, m);
			for (int limit = 0; limit < 5; limit++) {
				int got = sp_text_edit_distance(a, (size_t)n, b, (size_t)m, limit);
				if (got != (want <= limit ? want : limit + 1))
					harness_fail(__FILE__, __LINE__, "%.*s %.*s limit %d: got %d, wanted %d", n, a, m, b, limit, got, want);
			}
		}
	}
}
