#include "harness.h"
#include "http/chart.h"
#include "http/numbers.h"
#include "http/span.h"
#include "base/clock.h"

#include <math.h>
#include <string.h>

TEST(test_numbers_are_written_as_the_reader_writes_them)
{
	sp_arena *arena = sp_arena_new(0);
	CHECK_STR(spi_number(SP_LANG_IT, 1234.5, 1, arena), "1.234,5");
	CHECK_STR(spi_number(SP_LANG_EN, 1234.5, 1, arena), "1,234.5");
	CHECK_STR(spi_number(SP_LANG_DE, 706966, 0, arena), "706.966");
	CHECK_STR(spi_number(SP_LANG_EN, 999, 0, arena), "999");
	CHECK_STR(spi_number(SP_LANG_EN, 1000000, 0, arena), "1,000,000");
	CHECK_STR(spi_number(SP_LANG_IT, -1234, 0, arena), "−1.234");
	CHECK_STR(spi_number(SP_LANG_IT, -0.04, 1, arena), "0,0");
	CHECK_STR(spi_number(SP_LANG_IT, NAN, 1, arena), "–");
	CHECK_STR(spi_percent(SP_LANG_IT, 0.945, 1, arena), "94,5%");
	CHECK_STR(spi_percent(SP_LANG_DE, 0.945, 1, arena), "94,5\u00a0%");
	CHECK_STR(spi_percent(SP_LANG_EN, NAN, 1, arena), "–");
	CHECK_STR(spi_compact(SP_LANG_IT, 9999, arena), "9.999");
	CHECK_STR(spi_compact(SP_LANG_IT, 12345, arena), "12,3k");
	CHECK_STR(spi_compact(SP_LANG_EN, 706966, arena), "707k");
	CHECK_STR(spi_compact(SP_LANG_EN, 999700, arena), "1M");
	CHECK_STR(spi_duration(SP_LANG_IT, 0, arena), "0\u00a0s");
	CHECK_STR(spi_duration(SP_LANG_IT, 0.0071, arena), "7\u00a0ms");
	CHECK_STR(spi_duration(SP_LANG_IT, 0.2, arena), "0,2\u00a0s");
	CHECK_STR(spi_duration(SP_LANG_IT, 4.25, arena), "4,2\u00a0s");
	CHECK_STR(spi_duration(SP_LANG_IT, 59.7, arena), "1\u00a0min 0\u00a0s");
	CHECK_STR(spi_duration(SP_LANG_EN, 7500, arena), "2\u00a0h 5\u00a0min");
	sp_arena_free(arena);
}

TEST(test_scales_have_round_ticks_and_hold_the_largest_value)
{
	for (double most = 1; most < 2e6; most = most * 1.37 + 0.3) {
		spi_scale scale = spi_scale_for(most, 4, SPI_UNIT_COUNT);
		CHECK(scale.max >= most - 1e-6);
		CHECK(scale.step == floor(scale.step) && scale.step >= 1);
		CHECK(fabs(scale.max / scale.step - round(scale.max / scale.step)) < 1e-9);
		CHECK(scale.max / scale.step <= 5);
	}
	CHECK(spi_scale_for(0, 4, SPI_UNIT_COUNT).max == 4);
	CHECK(spi_scale_for(706966, 4, SPI_UNIT_COUNT).max == 800000);
}

TEST(test_texts_are_cut_between_characters)
{
	sp_arena *arena = sp_arena_new(0);
	const char *text = "Identità digitale e città perché così è";
	for (double width = 20; width < 300; width += 7) {
		const char *fitted = spi_text_fit(text, 14, width, arena);
		CHECK(spi_text_width(fitted, 14) <= width || strlen(fitted) <= strlen("…"));
		CHECK(sp_text_count_chars(fitted, strlen(fitted)) > 0);
	}
	CHECK_STR(spi_text_fit(text, 14, 1000, arena), text);
	sp_arena_free(arena);
}

static int64_t day(int year, unsigned month, unsigned of_month)
{
	return spi_days_of_civil(year, month, of_month);
}

static bool is_span(spi_span span, int64_t from, int64_t to)
{
	return span.from == from && span.to == to;
}

TEST(test_the_span_before_is_as_long)
{
	/* whole months; also over the end of a year, and of unequal length */
	CHECK(is_span(spi_span_before((spi_span){day(2021, 3, 1), day(2021, 3, 31)}), day(2021, 2, 1), day(2021, 2, 28)));
	CHECK(is_span(spi_span_before((spi_span){day(2021, 1, 1), day(2021, 4, 30)}), day(2020, 9, 1), day(2020, 12, 31)));
	/* a month that is not over: the same days */
	CHECK(is_span(spi_span_before((spi_span){day(2021, 4, 1), day(2021, 4, 10)}), day(2021, 3, 1), day(2021, 3, 10)));
	/* the 30th of March: February ends before */
	CHECK(is_span(spi_span_before((spi_span){day(2021, 3, 1), day(2021, 3, 30)}), day(2021, 2, 1), day(2021, 2, 28)));
	/* any days */
	CHECK(is_span(spi_span_before((spi_span){day(2021, 4, 5), day(2021, 4, 11)}), day(2021, 3, 29), day(2021, 4, 4)));
}

TEST(test_presets)
{
	int64_t today = day(2021, 5, 12);
	CHECK(is_span(spi_span_preset(SPI_PRESET_MONTH, today), day(2021, 5, 1), today));
	CHECK(is_span(spi_span_preset(SPI_PRESET_LAST_MONTH, today), day(2021, 4, 1), day(2021, 4, 30)));
	CHECK(is_span(spi_span_preset(SPI_PRESET_QUARTER, today), day(2021, 4, 1), today));
	CHECK(is_span(spi_span_preset(SPI_PRESET_YEAR, today), day(2021, 1, 1), today));
	CHECK(is_span(spi_span_preset(SPI_PRESET_TWELVE_MONTHS, today), day(2020, 6, 1), today));
	CHECK(spi_span_by_month(spi_span_preset(SPI_PRESET_TWELVE_MONTHS, today)));
	CHECK(!spi_span_by_month(spi_span_preset(SPI_PRESET_QUARTER, today)));
}

/* What is not there is a gap, and never drawn at zero; nothing of it is "nan". */
TEST(test_a_band_breaks_where_nothing_is)
{
	sp_arena *arena = sp_arena_new(0);
	sp_buffer out = SP_BUFFER_INIT;
	spi_point points[] = {{"gen", "2021", 0.2, 0.5, NAN, NAN}, {"feb", "2021", 0.3, 0.6, NAN, NAN}, {"mar", "2021", NAN, NAN, NAN, NAN},
		{"apr <b>", "2021", 0.4, 0.7, NAN, NAN}};
	spi_chart chart = {.out = &out, .arena = arena, .lang = SP_LANG_IT, .id = "x", .title = "T & T", .description = "D", .width = 600};
	spi_chart_band(&chart, points, 4);
	const char *svg = sp_buffer_text(&out);
	CHECK(strstr(svg, "T &amp; T") && strstr(svg, "apr &lt;b&gt;"));
	CHECK(!strstr(svg, "nan") && !strstr(svg, "inf"));
	CHECK(strstr(svg, "20,0% – 50,0%") != NULL);
	sp_buffer_clear(&out);
	spi_chart_band(&chart, points, 0);
	spi_chart_columns(&chart, &(spi_parts){0}, NULL, NULL, 0);
	spi_chart_bars(&chart, &(spi_parts){0}, NULL, 0);
	spi_chart_ranges(&chart, NULL, 0);
	spi_chart_funnel(&chart, NULL, 0);
	CHECK(!strstr(sp_buffer_text(&out), "nan") && !strstr(sp_buffer_text(&out), "inf"));
	sp_buffer_release(&out);
	sp_arena_free(arena);
}
