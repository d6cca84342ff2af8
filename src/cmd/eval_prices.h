/* The price list of the dial: what each precision costs and saves, for all questions, by category and by language. */
#ifndef CMD_EVAL_PRICES_H
#define CMD_EVAL_PRICES_H

#include "cmd/score.h"

/* The usual ones, and the one in use. */
#define SPI_PRICES_MAX 5
/* With fewer questions a calibration error says nothing. */
#define SPI_CALIBRATION_MIN 20

/* How the questions of a group end at one precision. */
typedef struct spi_price {
	size_t right, choice, wrong; /* of those that have an answer; the rest is withheld */
	size_t kept;                 /* of those that have none: not answered */
} spi_price;

typedef enum spi_price_by { SPI_PRICE_ALL, SPI_PRICE_CATEGORY, SPI_PRICE_LANG, SPI_PRICE_BY_COUNT } spi_price_by;

typedef struct spi_price_group {
	spi_price_by by;
	const char *key; /* "" for all; "-" for the category of questions without an answer */
	size_t answerable, unanswerable;
	size_t always_right, always_wrong; /* of the answerable, if the first candidate were always given */
	spi_price prices[SPI_PRICES_MAX];
	spi_bins bins;
} spi_price_group;

typedef struct spi_prices {
	double precisions[SPI_PRICES_MAX];
	size_t count, chosen; /* chosen: index of the one in use */
	sp_arena *arena;
	spi_price_group *groups; /* the first is all */
	size_t groups_count, groups_cap;
} spi_prices;

/* How one question ended. */
typedef struct spi_outcome {
	bool answerable;
	const char *category, *lang; /* copied when new */
	int rank;                    /* 0-based place of the first right article among the first 10, -1 = none */
	bool found;                  /* there are candidates */
	double confidence;
	sp_decision_kind decisions[SPI_PRICES_MAX];
} spi_outcome;

/* False when memory is out. Texts live in arena. */
bool spi_prices_init(spi_prices *prices, double precision, sp_arena *arena);
bool spi_prices_add(spi_prices *prices, const spi_outcome *outcome);
/* As members "prices" and "calibration" of an object. */
void spi_prices_json(const spi_prices *prices, sp_json *out);
/* As tables, in the terminal's language. */
void spi_prices_text(const spi_prices *prices, sp_buffer *out);

#endif
