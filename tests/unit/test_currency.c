/* The euro beside a sum: in messages, in a form's field, and where a number would else be somebody's telephone. */
#include "harness.h"

#include "text/currency.h"

#include <string.h>

static size_t at(const char *text)
{
	return spi_currency_at(text, strlen(text));
}

static size_t before(const char *text)
{
	return spi_currency_before(text, strlen(text));
}

TEST(test_currency_at_the_beginning)
{
	CHECK_INT(at("€ 12"), 3);
	CHECK_INT(at("€12"), 3);
	CHECK_INT(at("euro"), 4);
	CHECK_INT(at("Euros."), 5);
	CHECK_INT(at("EUR12,50"), 3);
	CHECK_INT(at("euro,"), 4);
	CHECK_INT(at("europeo"), 0);
	CHECK_INT(at("eurò"), 0);
	CHECK_INT(at("eu"), 0);
	CHECK_INT(at("12 euro"), 0);
	CHECK_INT(at(""), 0);
	CHECK_INT(spi_currency_at("euros", 4), 4); /* no further than it goes */
	CHECK_INT(spi_currency_at("eur", 2), 0);
}

TEST(test_currency_at_the_end)
{
	CHECK_INT(before("12 €"), 3);
	CHECK_INT(before("12€"), 3);
	CHECK_INT(before("12euro"), 4);
	CHECK_INT(before("12 Euros"), 5);
	CHECK_INT(before("EUR"), 3);
	CHECK_INT(before("neuro"), 0);
	CHECK_INT(before("èeur"), 0);
	CHECK_INT(before("12"), 0);
	CHECK_INT(before(""), 0);
}
