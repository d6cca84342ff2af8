/* Days that people name, seen from Wednesday 25 November 2026. */
#include "harness.h"

#include "answer/date_message.h"
#include "answer/dates.h"
#include "base/clock.h"

#include <stdio.h>

static void day_text(int64_t days, char ret[16])
{
	int year;
	unsigned month, day;
	spi_civil_of_days(days, &year, &month, &day);
	snprintf(ret, 16, "%04d-%02u-%02u", year, month, day);
}

/* "" for none; one day, or two with a blank between. */
static void check_on(int line, int64_t today, sp_lang lang, const char *text, const char *want)
{
	spi_dates d;
	char first[16], last[16], got[64] = "";
	spi_dates_find(text, strlen(text), lang, today, NULL, &d);
	if (d.count > 0) {
		day_text(d.first, first);
		day_text(d.last, last);
		snprintf(got, sizeof got, "%s%s%s%s", first, d.first == d.last ? "" : " ", d.first == d.last ? "" : last, d.count > 1 ? " +" : "");
	}
	if (strcmp(got, want) != 0)
		harness_fail(__FILE__, line, "\"%s\": got \"%s\", wanted \"%s\"", text, got, want);
}
#define IT(text, want) check_on(__LINE__, spi_days_of_civil(2026, 11, 25), SP_LANG_IT, text, want)
#define EN(text, want) check_on(__LINE__, spi_days_of_civil(2026, 11, 25), SP_LANG_EN, text, want)
#define DE(text, want) check_on(__LINE__, spi_days_of_civil(2026, 11, 25), SP_LANG_DE, text, want)

static void check_beside(int line, const char *text, size_t beside, size_t other)
{
	spi_dates d;
	spi_dates_find(text, strlen(text), SP_LANG_IT, spi_days_of_civil(2026, 11, 25), NULL, &d);
	if (d.count != 1 || d.beside != beside || d.other != other)
		harness_fail(__FILE__, line, "\"%s\": %zu days, %zu words beside, %zu others", text, d.count, d.beside, d.other);
}

TEST(test_dates_what_stands_beside)
{
	check_beside(__LINE__, "il 3 marzo", 0, 0);
	check_beside(__LINE__, "è stato ieri", 0, 0);
	check_beside(__LINE__, "l'ho pagato il 3 marzo", 1, 0);
	check_beside(__LINE__, "il 3 marzo non funzionava", 0, 2);
}

TEST(test_dates_in_figures)
{
	IT("3/3/2021", "2021-03-03");
	IT("03.03.2021", "2021-03-03");
	IT("3-3-21", "2021-03-03");
	IT("2021-03-03", "2021-03-03");
	IT("il 24/11", "2026-11-24");
	IT("il 26/11", "2025-11-26");
	EN("3/25/2021", "2021-03-25");
	DE("am 3.3.2021", "2021-03-03");
	DE("am 3.3. bezahlt", "2026-03-03");
	IT("31/4/2021", "");
	IT("30/2", "");
	IT("ho speso 3.50 euro", "");
	IT("12345/2021", "");
	IT("0/0/0", "");
	IT("99999999999999999999/3/2021", "");
}

TEST(test_dates_with_a_month)
{
	IT("il 3 marzo", "2026-03-03");
	IT("3 marzo 2021", "2021-03-03");
	IT("il 1° marzo", "2026-03-01");
	IT("il primo marzo", "2026-03-01");
	IT("il 3 di dicembre del 2020", "2020-12-03");
	IT("il 3 dicembre", "2025-12-03");
	IT("il 29 febbraio", "2024-02-29");
	EN("March 3rd, 2021", "2021-03-03");
	EN("on the 3rd of March", "2026-03-03");
	EN("on 3 May", "2026-05-03");
	DE("am 3. März", "2026-03-03");
	DE("den 3. Januar 2027", "2027-01-03");
	IT("lunedì 23 novembre", "2026-11-23");
}

TEST(test_dates_of_which_only_the_month_is_known)
{
	IT("a gennaio", "2026-01-01 2026-01-31");
	IT("nel gennaio 2021", "2021-01-01 2021-01-31");
	IT("gennaio scorso", "2026-01-01 2026-01-31");
	IT("a novembre", "2026-11-01 2026-11-25");
	IT("a dicembre", "2025-12-01 2025-12-31");
	EN("in May", "2026-05-01 2026-05-31");
	EN("last March", "2026-03-01 2026-03-31");
	EN("it may work", "");
	EN("may 2021", "2021-05-01 2021-05-31");
	DE("im Januar", "2026-01-01 2026-01-31");
	IT("nel 2021", "2021-01-01 2021-12-31");
	IT("il mese scorso", "2026-10-01 2026-10-31");
	IT("la settimana scorsa", "2026-11-16 2026-11-22");
	EN("this week", "2026-11-23 2026-11-25");
	DE("letztes Jahr", "2025-01-01 2025-12-31");
}

TEST(test_dates_seen_from_today)
{
	IT("oggi", "2026-11-25");
	IT("ieri sera", "2026-11-24");
	IT("l'altro ieri", "2026-11-23");
	IT("ieri l\u2019altro", "2026-11-23");
	EN("the day before yesterday", "2026-11-23");
	DE("vorgestern", "2026-11-23");
	IT("lunedì scorso", "2026-11-23");
	IT("mercoledì", "2026-11-18");
	IT("sabato", "2026-11-21");
	IT("sabato prossimo", "2026-11-28");
	EN("last Monday", "2026-11-23");
	DE("letzten Montag", "2026-11-23");
	IT("tre giorni fa", "2026-11-22");
	IT("10 giorni fa", "2026-11-15");
	IT("un'ora fa", "2026-11-25");
	IT("aspetto da tre giorni", "2026-11-22");
	IT("due settimane fa", "2026-11-08 2026-11-14");
	EN("two weeks ago", "2026-11-08 2026-11-14");
	DE("vor zwei Wochen", "2026-11-08 2026-11-14");
	IT("un mese fa", "2026-10-11 2026-11-10");
	IT("qualche giorno fa", "2026-11-19 2026-11-23");
	IT("domani", "2026-11-26");
	IT("a Natale", "2025-12-25");
	IT("mi dà errore", "");
	IT("due giorni", "");
	check_on(__LINE__, spi_days_of_civil(2026, 1, 1), SP_LANG_IT, "ieri", "2025-12-31");
	check_on(__LINE__, spi_days_of_civil(2026, 1, 10), SP_LANG_IT, "il mese scorso", "2025-12-01 2025-12-31");
}

TEST(test_dates_several)
{
	IT("il 3 marzo o il 4 marzo", "2026-03-03 +");
	IT("ieri, 24 novembre", "2026-11-24");
	IT("a marzo, il 3 marzo", "2026-03-03");
	IT("il 3 marzo, a marzo", "2026-03-03");
	IT("pagato il 3 marzo e oggi non c'è", "2026-03-03");
	IT("oggi non c'è, pagato il 3 marzo", "2026-03-03");
	IT("ad oggi non c'è", "");
}

static void check_answer(int line, sp_lang lang, const char *text, const char *want)
{
	spi_dates d;
	char first[16], last[16], got[64] = "";
	spi_dates_answer(text, strlen(text), lang, spi_days_of_civil(2026, 11, 25), NULL, &d);
	if (d.count > 0) {
		day_text(d.first, first);
		day_text(d.last, last);
		snprintf(got, sizeof got, "%s%s%s", first, d.first == d.last ? "" : " ", d.first == d.last ? "" : last);
	} else if (d.impossible) {
		snprintf(got, sizeof got, "never");
	}
	if (strcmp(got, want) != 0)
		harness_fail(__FILE__, line, "\"%s\": got \"%s\", wanted \"%s\"", text, got, want);
}
#define ANSWER_IT(text, want) check_answer(__LINE__, SP_LANG_IT, text, want)
#define ANSWER_EN(text, want) check_answer(__LINE__, SP_LANG_EN, text, want)
#define ANSWER_DE(text, want) check_answer(__LINE__, SP_LANG_DE, text, want)

TEST(test_dates_as_an_answer)
{
	ANSWER_IT("il 23", "2026-11-23");
	ANSWER_IT("25", "2026-11-25");
	ANSWER_IT("il 26", "2026-10-26");
	ANSWER_IT("il 31", "2026-10-31");
	ANSWER_IT("il primo", "");
	ANSWER_IT("l'1", "2026-11-01");
	ANSWER_IT("lunedì 16", "2026-11-16");
	ANSWER_IT("forse il 20 o il 21", "2026-11-20 2026-11-21");
	ANSWER_IT("tra il 20 e il 25 ottobre", "2026-10-20 2026-10-25");
	ANSWER_IT("il 20 ottobre o il 21", "2026-10-20 2026-10-21");
	ANSWER_IT("2 o 3 giorni fa", "2026-11-22");
	ANSWER_IT("alle 10:30", "");
	ANSWER_IT("23,50 euro", "");
	ANSWER_IT("23.50", "");
	ANSWER_IT("45", "");
	ANSWER_IT("0", "");
	ANSWER_EN("the 23rd", "2026-11-23");
	ANSWER_EN("it was the 14th", "2026-11-14");
	ANSWER_DE("am 23.", "2026-11-23");
	ANSWER_DE("am 20. oder 21.", "2026-11-20 2026-11-21");
	IT("il 23", ""); /* no answer: any number */
}

TEST(test_dates_that_are_in_no_calendar)
{
	ANSWER_IT("31/02/2026", "never");
	ANSWER_IT("2026-02-31", "never");
	ANSWER_IT("31.4.26", "never");
	ANSWER_IT("30/2", "never");
	ANSWER_IT("il 31 novembre", "never");
	ANSWER_IT("32 novembre", "never");
	ANSWER_IT("29 febbraio 2025", "never");
	ANSWER_IT("29 febbraio 2024", "2024-02-29");
	ANSWER_IT("31/02/2026, anzi 28/02/2026", "2026-02-28");
	ANSWER_EN("February 30th", "never");
	ANSWER_DE("31. Juni", "never");
	ANSWER_IT("3.50 euro", "");
}

static size_t other(sp_lang lang, const char *text, const char *aside)
{
	spi_dates d;
	spi_dates_find(text, strlen(text), lang, spi_days_of_civil(2026, 11, 25), aside, &d);
	return d.other;
}

TEST(test_dates_and_what_else_is_said)
{
	CHECK_INT(other(SP_LANG_IT, "l'ho fatto il 3 marzo, credo", NULL), 0);
	CHECK_INT(other(SP_LANG_IT, "il termine era il 3 marzo", NULL), 0);
	CHECK_INT(other(SP_LANG_IT, "il termine lo so, l'ho fatto il 3 marzo", NULL), 2);
	CHECK_INT(other(SP_LANG_IT, "il termine era il 3 marzo", "termine previsto"), 0);
	CHECK(other(SP_LANG_IT, "dal 3 marzo la carta non funziona più", NULL) > 2);
	CHECK_INT(other(SP_LANG_EN, "I paid on the 3rd of March", NULL), 0);
	CHECK_INT(other(SP_LANG_DE, "Ich habe am 3. März bezahlt", NULL), 0);
}

TEST(test_dates_on_which_something_ends_are_none_on_which_something_happened)
{
	IT("scadeva il 10 novembre", "");
	IT("la scadenza della multa era il 10/11/2026", "");
	IT("Scadenza: 10/11/2026", "");
	IT("avviso da 120 euro scad. 10/11", "");
	IT("andava pagata entro lunedì 10 novembre", "");
	IT("entro e non oltre il 10 novembre 2026", "");
	IT("il 10 novembre era la scadenza", "");
	IT("l'avviso, scaduto da poco (10/11), e' della tari", "");
	IT("scadeva il 10 novembre e ho pagato il 12 novembre", "2026-11-12");
	IT("ho pagato il 12 novembre e scadeva il 10 novembre", "2026-11-12");
	IT("pagata il 12 novembre la multa che scadeva", "2026-11-12");
	IT("la multa scaduta l'ho pagata il 12 novembre", "2026-11-12");
	IT("Data scadenza: 10/11/2026\nData pagamento: 12/11/2026", "2026-11-12");
	IT("Data pagamento: 12/11/2026\nData scadenza: 10/11/2026", "2026-11-12");
	IT("è scaduta. L'ho vista il 12 novembre", "2026-11-12");
	EN("it was due on November 10", "");
	EN("the deadline was the 10th of November", "");
	EN("expires 2026-11-10", "");
	EN("I had to pay by 10 November", "");
	EN("paid by card on 10 November", "2026-11-10");
	EN("I paid on 12 November, it was due on 10 November", "2026-11-12");
	DE("fällig am 10. November", "");
	DE("am 10. November war sie fällig", "");
	DE("die Frist endete am 10. November", "");
	DE("bis zum 10. November", "");
	DE("sie lief am 10. November ab", "");
	DE("sie läuft am 10.11.2026 ab", "");
	DE("die Zahlung lief am 10. November", "2026-11-10");
	DE("fällig war sie am 10. November, bezahlt habe ich am 12. November", "2026-11-12");
}

TEST(test_dates_in_a_week_month_or_year_that_is_named)
{
	IT("giovedì della settimana scorsa", "2026-11-19");
	IT("la settimana scorsa, giovedì", "2026-11-19");
	IT("martedì di questa settimana", "2026-11-24");
	IT("il 3 marzo dell'anno scorso", "2025-03-03");
	IT("lo scorso anno il 3/3", "2025-03-03");
	IT("il 3 del mese scorso", "2026-10-03");
	IT("il mese scorso, il 3", "2026-10-03");
	IT("il mese scorso 30 euro in più", "2026-10-01 2026-10-31");
	IT("il 29 febbraio dell'anno scorso", "");
	IT("il 3 marzo 2024, l'anno scorso no", "2024-03-03 +");
	IT("lunedì", "2026-11-23");
	IT("la settimana scorsa", "2026-11-16 2026-11-22");
	IT("ventitré novembre", "2026-11-23");
	EN("Tuesday last week", "2026-11-17");
	EN("last week on Tuesday", "2026-11-17");
	EN("3 March last year", "2025-03-03");
	EN("last year on March 3rd", "2025-03-03");
	EN("on the 5th of last month", "2026-10-05");
	EN("last month on the 5th", "2026-10-05");
	EN("last month 3 payments failed", "2026-10-01 2026-10-31");
	EN("last Tuesday", "2026-11-24");
	EN("a fortnight ago", "2026-11-11");
	DE("am Dienstag letzter Woche", "2026-11-17");
	DE("letzte Woche Dienstag", "2026-11-17");
	DE("am 3. März letzten Jahres", "2025-03-03");
	DE("am 3. des letzten Monats", "2026-10-03");
	DE("letzten Monat 3 Zahlungen", "2026-10-01 2026-10-31");
	DE("letzten Dienstag", "2026-11-24");
}

TEST(test_dates_of_which_now_is_one_only_of_a_payment)
{
	IT("e adesso come faccio?", "");
	IT("ho pagato adesso", "2026-11-25");
	IT("adesso il pagamento del 3 marzo risulta", "2026-03-03");
	ANSWER_IT("adesso", "2026-11-25");
	ANSWER_IT("proprio adesso", "2026-11-25");
	ANSWER_IT("e adesso?", "");
	ANSWER_IT("e adesso che cosa posso fare", "");
}

TEST(test_dates_on_which_something_ends_count_where_an_end_is_asked_for)
{
	spi_dates d;
	static const char text[] = "scadeva il 10 novembre";
	spi_dates_find(text, sizeof text - 1, SP_LANG_IT, spi_days_of_civil(2026, 11, 25), NULL, &d);
	CHECK(d.due && d.count == 0);
	CHECK_INT(d.due_first, spi_days_of_civil(2026, 11, 10));
	spi_dates_find("it expires on 5 December", 24, SP_LANG_EN, spi_days_of_civil(2026, 11, 25), NULL, &d);
	CHECK_INT(d.due_first, spi_days_of_civil(2026, 12, 5));
	spi_dates_find("scade domani", 12, SP_LANG_IT, spi_days_of_civil(2026, 11, 25), NULL, &d);
	CHECK_INT(d.due_first, spi_days_of_civil(2026, 11, 26));
	spi_dates_find("scadeva il 5/12/2025", 20, SP_LANG_IT, spi_days_of_civil(2026, 11, 25), NULL, &d);
	CHECK_INT(d.due_first, spi_days_of_civil(2025, 12, 5));
	spi_dates_find(text, sizeof text - 1, SP_LANG_IT, spi_days_of_civil(2026, 11, 25), "termine previsto per il rimborso", &d);
	CHECK(!d.due && d.count == 1);
}

TEST(test_dates_of_odd_texts)
{
	spi_dates d;
	static const char nothing[] = "\xFF\xC2\xE2\x80 3\xC2";
	spi_dates_find(nothing, sizeof nothing - 1, SP_LANG_IT, 0, NULL, &d);
	spi_dates_find("", 0, SP_LANG_IT, 0, NULL, &d);
	CHECK_INT(d.count, 0);
	spi_dates_find("ieri", 4, SP_LANG_NONE, 0, NULL, &d);
	CHECK_INT(d.count, 0);
}

/* What comes after so many words is not looked at; nor is it behind a day that is the last of them (sanitizers see it). */
TEST(test_dates_at_the_end_of_what_is_looked_at)
{
	char text[3 * SPI_DAY_WORDS_MAX + 16];
	for (int words = SPI_DAY_WORDS_MAX - 2; words <= SPI_DAY_WORDS_MAX; words++) {
		spi_dates d;
		size_t len = 0;
		for (int i = 0; i < words; i++)
			len += (size_t)sprintf(text + len, "no ");
		len += (size_t)sprintf(text + len, "lunedi");
		spi_dates_find(text, len, SP_LANG_IT, spi_days_of_civil(2026, 11, 25), NULL, &d);
		CHECK_INT(d.count, words < SPI_DAY_WORDS_MAX);
		if (d.count)
			CHECK_INT(d.first, spi_days_of_civil(2026, 11, 23));
	}
}
