/* Personal data: found, masked, and what is none left alone. Every value here is made up. */
#include "harness.h"

#include "sportello/personal.h"
#include "sportello/text.h"

#include <stdlib.h>

static void check_mask(int line, const char *text, const char *want)
{
	sp_buffer once = SP_BUFFER_INIT, twice = SP_BUFFER_INIT;
	sp_personal_mask(text, strlen(text), &once);
	if (strcmp(sp_buffer_text(&once), want) != 0)
		harness_fail(__FILE__, line, "\"%s\": got \"%s\", wanted \"%s\"", text, sp_buffer_text(&once), want);
	sp_personal_mask(sp_buffer_text(&once), once.len, &twice);
	if (strcmp(sp_buffer_text(&once), sp_buffer_text(&twice)) != 0)
		harness_fail(__FILE__, line, "\"%s\" masked twice: \"%s\"", text, sp_buffer_text(&twice));
	sp_buffer_release(&once);
	sp_buffer_release(&twice);
}

#define CHECK_MASK(text, want) check_mask(__LINE__, text, want)
#define CHECK_KEPT(text) check_mask(__LINE__, text, text)

TEST(test_personal_names)
{
	CHECK_STR(sp_personal_name(SP_PERSONAL_CODICE_FISCALE), "codice-fiscale");
	CHECK_STR(sp_personal_name(SP_PERSONAL_PHONE), "phone");
	CHECK_STR(sp_personal_name(SP_PERSONAL_COUNT), "");
	CHECK_STR(sp_personal_name((sp_personal_kind)-1), "");
}

TEST(test_personal_codice_fiscale)
{
	CHECK(sp_is_codice_fiscale("RSSMRA80A01H501U", 16));
	CHECK(sp_is_codice_fiscale("rssmra80a01h501u", 16));
	CHECK(sp_is_codice_fiscale("RSS MRA 80A01 H501U", 19));
	CHECK(sp_is_codice_fiscale("VRDLGU75D41F205G", 16));
	CHECK(sp_is_codice_fiscale("RSSMRA80A01H50MM", 16));  /* omocodia of the last digit */
	CHECK(sp_is_codice_fiscale("RSSMRAULALMHRLMD", 16));  /* of all of them */
	CHECK(!sp_is_codice_fiscale("RSSMRA80A01H501X", 16)); /* check character */
	CHECK(!sp_is_codice_fiscale("RSSMRA80A35H501K", 16)); /* no day 35 */
	CHECK(!sp_is_codice_fiscale("RSSMRA80F01H501U", 16)); /* no month F */
	CHECK(!sp_is_codice_fiscale("RSSMRA80A01H501", 15));
	CHECK(!sp_is_codice_fiscale("RSSMRA80A01H501UU", 17));
	CHECK(!sp_is_codice_fiscale("12345678901", 11));
	CHECK(!sp_is_codice_fiscale("", 0));
	CHECK_MASK("cf RSSMRA80A01H501U.", "cf <codice-fiscale>.");
	CHECK_MASK("sono rssmra80a01h501u", "sono <codice-fiscale>");
	CHECK_MASK("RSS MRA 80A01 H501U grazie", "<codice-fiscale> grazie");
	CHECK_MASK("RSS-MRA-80A01-H501U", "<codice-fiscale>");
	CHECK_MASK("ora RSSMRA80A01H50MM", "ora <codice-fiscale>");
	CHECK_MASK("il codice fiscale è RSSMRA80A01H501X", "il codice fiscale è <codice-fiscale>"); /* mistyped, but named */
	CHECK_KEPT("RSSMRA80A01H501X");
	CHECK_KEPT("xRSSMRA80A01H501U");
	CHECK_KEPT("RSSMRA80A01H501Ux");
	CHECK_KEPT("PAA_RSSMRA80A01H501U");
}

TEST(test_personal_iban)
{
	CHECK(sp_is_iban("IT60X0542811101000000123456", 27));
	CHECK(sp_is_iban("it60 x054 2811 1010 0000 0123 456", 33));
	CHECK(sp_is_iban("DE89370400440532013000", 22));
	CHECK(sp_is_iban("GB82WEST12345698765432", 22));
	CHECK(sp_is_iban("NO9386011117947", 15));
	CHECK(sp_is_iban("MT84MALT011000012345MTLCAST001S", 31));
	CHECK(sp_is_iban("SM06A0322509800000000270100", 27));
	CHECK(!sp_is_iban("IT61X0542811101000000123456", 27));
	CHECK(!sp_is_iban("IT60X054281110100000012345", 26));
	CHECK(!sp_is_iban("XX60X0542811101000000123456", 27));
	CHECK(!sp_is_iban("IT", 2));
	CHECK(!sp_is_iban("", 0));
	CHECK_MASK("il mio iban IT60X0542811101000000123456!", "il mio iban <iban>!");
	CHECK_MASK("IT60 X054 2811 1010 0000 0123 456, ok", "<iban>, ok");
	CHECK_MASK("IT60 X 05428 11101 000000123456", "<iban>");
	CHECK_MASK("it60-x054-2811-1010-0000-0123-456", "<iban>");
	CHECK_MASK("IT60\xC2\xA0X054\xC2\xA0" "2811\xC2\xA0" "1010\xC2\xA0" "0000\xC2\xA0" "0123\xC2\xA0" "456", "<iban>");
	CHECK_MASK("DE89 3704 0044 0532 0130 00 ist meins", "<iban> ist meins");
	CHECK_MASK("IBAN: IT61X0542811101000000123456", "IBAN: <iban>"); /* mistyped, but named */
	CHECK_MASK("iban IT60 X054 2811 1010 0000 0123 45 entro 30 giorni", "iban <iban> entro 30 giorni");
	CHECK_KEPT("IT61X0542811101000000123456");
	CHECK_KEPT("che cos'è l'iban? at 10 it 20 volte");
}

TEST(test_personal_cards)
{
	static const char *const cards[] = {"4111111111111111", "5555555555554444", "2223003122003222", "378282246310005",
		"30569309025904", "6011111111111117", "3530111333300000", "6759649826438453", "6200000000000005", "4222222222222",
		"4111 1111 1111 1111", "4111-1111-1111-1111"};
	for (size_t i = 0; i < sizeof(cards) / sizeof(cards[0]); i++) {
		if (!sp_is_card_number(cards[i], strlen(cards[i])))
			harness_fail(__FILE__, __LINE__, "%s is a card", cards[i]);
		CHECK_MASK(cards[i], "<card>");
	}
	CHECK(!sp_is_card_number("4111111111111112", 16));
	CHECK(!sp_is_card_number("9111111111111111", 16));
	CHECK(!sp_is_card_number("411111111111111", 15));
	CHECK(!sp_is_card_number("", 0));
	CHECK(!sp_is_card_number("4111a11111111111", 16));
	CHECK_MASK("carta 4111 1111 1111 1111 scad 08/27", "carta <card> scad 08/27");
	CHECK_MASK("american express 3782 822463 10005", "american express <card>");
	CHECK_KEPT("4111-1111-1111-1112");
	CHECK_KEPT("transazione 123456789012");
	CHECK_KEPT("la carta che finisce con 1234");
}

TEST(test_personal_notice_numbers)
{
	CHECK(sp_is_notice_number("301000000000000144", 18));
	CHECK(sp_is_notice_number("3010 0000 0000 0001 44", 22));
	CHECK(sp_is_notice_number("001000000000001252", 18));
	CHECK(sp_is_notice_number("200000000000012332", 18));
	CHECK(sp_is_notice_number("123456789012345678", 18)); /* application code 1 has no check digits */
	CHECK(!sp_is_notice_number("301000000000000145", 18));
	CHECK(!sp_is_notice_number("401000000000000144", 18));
	CHECK(!sp_is_notice_number("30100000000000014", 17));
	CHECK(!sp_is_notice_number("", 0));
	CHECK_MASK("avviso 301000000000000144 pagato", "avviso <notice-number> pagato");
	CHECK_MASK("301000000000000145", "<notice-number>"); /* mistyped: somebody's all the same */
	CHECK_MASK("3010 0000 0000 0001 44", "<notice-number>");
	CHECK_MASK("PAGOPA|002|301000000000000144|12345678901|1000", "PAGOPA|002|<notice-number>|12345678901|1000");
	/* passes Luhn and begins like a JCB card */
	CHECK_MASK("352800000019005633", "<notice-number>");
	CHECK(!sp_is_card_number("352800000019005633", 18));
	CHECK_KEPT("401000000000000144");
	CHECK_KEPT("3010000000000001440");
}

TEST(test_personal_iuv)
{
	CHECK_MASK("IUV 01000000987654321.", "IUV <iuv>.");
	CHECK_MASK("il codice iuv è 123456789012345", "il codice iuv è <iuv>");
	CHECK_MASK("iuv: 1234567890123456", "iuv: <iuv>");
	CHECK_MASK("01000000000000144", "<iuv>"); /* check digits */
	CHECK_MASK("47000000000012353", "<iuv>"); /* segregation codes go to 49 */
	CHECK_KEPT("47000000000012354");
	CHECK_KEPT("47000000000012352");
	CHECK_MASK("RF18539007547034", "<iuv>");
	CHECK_MASK("rf18 5390 0754 7034", "<iuv>");
	CHECK_MASK("0100 0000 0000 0014 4 scade oggi", "<iuv> scade oggi");
	CHECK_MASK("01 000 000 000 000 144", "<iuv>");
	CHECK_MASK("iuv 0100.0000.0000.0014.5", "iuv <iuv>");
	CHECK_KEPT("0100 0000 0000 0014 5");
	CHECK_KEPT("010 00000000 00014 4"); /* a row of numbers, by chance */
	CHECK_KEPT("01000000000000145");
	CHECK_KEPT("123456789012345");
	CHECK_KEPT("RF19539007547034");
	CHECK_KEPT("dove trovo lo iuv?");
}

TEST(test_personal_creditor_references_in_groups)
{
	static const char *const references[] = {"RF18 5390 0754 7034", "RF18-5390-0754-7034", "RF18.5390.0754.7034", "RF 1853 9007 5470 34",
		"RF18\xC2\xA0" "5390\xC2\xA0" "0754\xC2\xA0" "7034", "RF18 539007547034", "rf47 1234 5678 90", "RF54 ABC1 2345 6789", "RF73 FATT URA2 0261 23",
		"RF18 0000 0000 0000 1234 5678 9", "RF18 5390 0754 7035" /* mistyped, but printed as they are */};
	char text[128], masked[128];
	for (size_t i = 0; i < sizeof references / sizeof *references; i++) {
		CHECK_MASK(references[i], "<iuv>");
		snprintf(text, sizeof text, "il codice %s scade tra 12 giorni", references[i]);
		CHECK_MASK(text, "il codice <iuv> scade tra 12 giorni");
		snprintf(text, sizeof text, "%s, 12 euro", references[i]);
		snprintf(masked, sizeof masked, "<iuv>, 12 euro");
		CHECK_MASK(text, masked);
	}
	CHECK_MASK("RF18 5390 0754 7034 12 euro", "<iuv> 12 euro");
	CHECK_MASK("avviso RF19539007547034", "avviso <iuv>"); /* mistyped, but said to be one */
	CHECK_MASK("iuv RF78 123", "iuv <iuv>");
	CHECK_KEPT("RF78 123");
	CHECK_KEPT("la norma RF 2020 dice 12 cose");
	CHECK_KEPT("modello RF18 nero 2021");
	CHECK_KEPT("il frigo RF18A5101SR del 2021");
	CHECK_KEPT("RF18 5390");
	/* Words of four letters are no part of a mistyped one, nor numbers beside "RF" that are written otherwise. */
	CHECK_MASK("lo iuv RF18 5390 0754 7035 sono due mesi", "lo iuv <iuv> sono due mesi");
	CHECK_MASK("RF18 5390 0754 7035 0000 euro", "<iuv> euro");
	CHECK_KEPT("avviso RF12 casa mare vita bene");
	CHECK_KEPT("banda RF 2400 2483 5000 MHz");
}

TEST(test_personal_notices_in_groups)
{
	static const char *const notices[] = {"301000000000000144", "3010 0000 0000 0001 44", "301 000 000 000 000 144", "3010.0000.0000.0001.44",
		"301.000.000.000.000.144", "3010-0000-0000-0001-44", "3 01 000000000000144", "3 01000000000000144"};
	for (size_t i = 0; i < sizeof notices / sizeof *notices; i++)
		CHECK_MASK(notices[i], "<notice-number>");
	CHECK_MASK("avviso 3 01000000000000145", "avviso <notice-number>"); /* mistyped, but said to be one */
	CHECK_KEPT("3 01000000000000145");
	CHECK_KEPT("1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8");
	CHECK_KEPT("3 rate da 120 150 180 euro nel 2021");
}

TEST(test_personal_emails)
{
	CHECK(sp_is_email("mario.rossi@example.com", 23));
	CHECK(sp_is_email("a+b_c%d-e@sub.example.co.uk", 27));
	CHECK(!sp_is_email("mario", 5));
	CHECK(!sp_is_email("mario@example", 13));
	CHECK(!sp_is_email("@example.com", 12));
	CHECK(!sp_is_email("mario@", 6));
	CHECK(!sp_is_email("mario@example.com.", 18));
	CHECK(!sp_is_email(".mario@example.com", 18));
	CHECK(!sp_is_email("ma..rio@example.com", 19));
	CHECK(!sp_is_email("ma rio@example.com", 18));
	CHECK(!sp_is_email("mario@exa mple.com", 18));
	CHECK(!sp_is_email("", 0));
	CHECK_MASK("scrivi a mario.rossi@example.com.", "scrivi a <email>.");
	CHECK_MASK("<mario@example.com>", "<<email>>");
	CHECK_MASK("mail:mario@example.com,anna@example.org", "mail:<email>,<email>");
	CHECK_MASK("niccolò@example.com", "<email>");
	CHECK_MASK("mario.rossi@gmail", "<email>"); /* the end forgotten */
	CHECK_MASK("https://x.example/?email=mario.rossi%40example.com&l=it", "https://x.example/?email=<email>&l=it");
	CHECK_MASK("a%40example.com%2Cb%40example.org.", "<email>.");
	CHECK_MASK("?m=mario%40example.com%40", "?m=<email>%40");
	CHECK_MASK("?m=mario%40example.com@", "?m=<email>@");
	CHECK_KEPT("https://x.example/?q=%40 100%40 ora");
	CHECK_KEPT("@utente a @ b 5@3");
	CHECK_KEPT("chiocciola @");
}

/* What becomes of it in the address of a page that somebody pastes. */
TEST(test_personal_in_addresses_of_pages)
{
	CHECK_MASK("https://x.example/?u=%2Fa%3Fm%3D1&email=mario.rossi%2540example.com&l=it", "https://x.example/?u=%2Fa%3Fm%3D1&email=<email>&l=it");
	CHECK_MASK("?m=mario%252540example.com", "?m=<email>");
	CHECK_MASK("?q=3010%200000%200000%200000%2000", "?q=<notice-number>");
	CHECK_MASK("?q=avviso+301000000+000000144+grazie", "?q=avviso+<notice-number>+grazie");
	CHECK_MASK("?q=iuv%2001000000000000144", "?q=iuv%20<iuv>");
	CHECK_MASK("?q=RF18%205390%200754%207034", "?q=<iuv>");
	CHECK_MASK("?q=RF18+5390+0754+7034&x=1", "?q=<iuv>&x=1");
	CHECK_MASK("?q=IT60%20X054%202811%201010%200000%200123%20456", "?q=<iban>");
	CHECK_MASK("?q=IT60%2520X054%25202811%25201010%25200000%25200123%2520456", "?q=<iban>");
	CHECK_MASK("?q=IT60+X054+2811+1010+0000+0123+456", "?q=<iban>");
	CHECK_MASK("?q=cf%20RSS%20MRA%2080A01%20H501U", "?q=cf%20<codice-fiscale>");
	CHECK_MASK("?a=1&q=RSS+MRA+80A01+H501U", "?a=1&q=<codice-fiscale>");
	CHECK_MASK("?q=%2520RSSMRA80A01H501U", "?q=%2520<codice-fiscale>");
	CHECK_MASK("?q=4111%201111%201111%201111", "?q=<card>");
	CHECK_MASK("?q=4111%2D1111%2D1111%2D1111", "?q=<card>");
	CHECK_MASK("?q=tel%20333%20123%204567", "?q=tel%20<phone>");
	CHECK_MASK("?q=mario+rossi+333+1234567", "?q=mario+rossi+<phone>");
	CHECK_MASK("?q=06%2F12345678&r=%2806%29%2012345678", "?q=<phone>&r=%28<phone>");
	CHECK_MASK("?q=333%C2%A01234567", "?q=<phone>");
	CHECK_MASK("?q=%2B44%2020%207946%200958", "?q=%2B<phone>");
	CHECK_MASK("?q=%2B39+333+123+4567&r=+39+333+123+4567", "?q=%2B<phone>&r=<phone>");
	CHECK_MASK("100%25 333 1234567, 100%253331234567", "100%25 <phone>, 100%25<phone>");
	CHECK_KEPT("?d=01%2F12%2F2020&t=2020-12-01%2010%3A30&p=a%20b%20c");
	CHECK_KEPT("340+200+300, fa 840? no: 340+200+300");
	CHECK_KEPT("https://x.example/?importo=50%2C00&id=1%2B2&n=%");
}

/* Signs that the eye takes for others: of wide keyboards, of formulas, of other scripts. */
TEST(test_personal_as_seen)
{
	CHECK_MASK("cf \uFF32\uFF33\uFF33\uFF2D\uFF32\uFF21\uFF18\uFF10\uFF21\uFF10\uFF11\uFF28\uFF15\uFF10\uFF11\uFF35, grazie", "cf <codice-fiscale>, grazie");
	CHECK_MASK("\uFF4D@example\uFF0Ecom", "<email>");
	CHECK_MASK("m\u0430rio\uFF20example.com", "<email>");
	CHECK_MASK("chiamate \u0663\u0663\u0663\u0661\u0662\u0663\u0664\u0665\u0666\u0667", "chiamate <phone>");
	CHECK_MASK("\U0001D7D1\U0001D7D1\U0001D7D11234567", "<phone>");
	CHECK_MASK("RSSMRA80A01H501\u200BU", "<codice-fiscale>");
	CHECK_MASK("mario\u00AD.rossi@exa\u00ADmple.com", "<email>");
	CHECK_KEPT("\uFF33\uFF30\uFF29\uFF24 \uFF13\uFF10 \U0001F468\u200D\U0001F469 n\u043En"); /* nothing of it is anybody's */
}

TEST(test_personal_phones)
{
	static const char *const phones[] = {"+39 333 123 4567", "+393331234567", "0039 333 1234567", "3331234567", "333 1234567",
		"333-123-4567", "333.1234567", "333/1234567", "393331234567", "06 12345678", "0612345678", "06/12345678",
		"(06) 12345678", "02-1234-5678", "0832 123456", "800123456", "800 123 456", "+49 171 1234567", "+49 (0) 171 1234567",
		"+1 202-555-0143", "0171 12345678", "+41 91 123 45 67", "349123456"};
	for (size_t i = 0; i < sizeof(phones) / sizeof(phones[0]); i++) {
		if (!sp_is_phone(phones[i], strlen(phones[i])))
			harness_fail(__FILE__, __LINE__, "%s is a phone number", phones[i]);
		CHECK_MASK(phones[i], "<phone>");
	}
	CHECK_MASK("cell. 33 31 23 45 67 o tel 3331 2345 67", "cell. <phone> o tel <phone>"); /* grouped as they like */
	CHECK_KEPT("33 31 23 45 67");
	CHECK_MASK("?tel=%2B393331234567&n=%203331234567", "?tel=%2B<phone>&n=%20<phone>");
	CHECK_MASK("%20RSSMRA80A01H501U", "%20<codice-fiscale>");
	CHECK_KEPT("sconto del 10%20 o 30%");
	CHECK(!sp_is_phone("12345", 5));
	CHECK(!sp_is_phone("+39", 3));
	CHECK(!sp_is_phone("", 0));
	CHECK(!sp_is_phone("333 12a4567", 11));
	CHECK(!sp_is_phone("2021", 4));
	CHECK_MASK("chiamatemi al 333 1234567 dopo le 18", "chiamatemi al <phone> dopo le 18");
	CHECK_MASK("tel 0832 1234", "tel <phone>");
	CHECK_MASK("non arriva il codice otp al numero 3331234567", "non arriva il codice otp al numero <phone>");
	CHECK_MASK("telefono 06.123.456", "telefono <phone>");
	CHECK_KEPT("0832 1234");
}

TEST(test_personal_leaves_other_numbers)
{
	static const char *const kept[] = {
		"ho pagato 50,00 euro e poi 1.000,00 nel 2021", "il 01/12/2020 alle 18:30", "il 01-12-2020 18.30", "2020-12-01",
		"dal 12/2020 1234567", "otp 123456", "il codice è 123456", "350.000.000 euro", "3331234567 euros", "€ 3331234567", "350000000,50",
		"3331234567 €", "pratica 0123456789", "ordine n. 3331234567", "protocollo numero 0123456789",
		"transazione 123456789012", "P.IVA 01234567890", "partita iva 01234567890", "CAP 00184", "dalle 09.00 alle 13.00",
		"tel. lun-ven 09.00-13.00", "abc3331234567", "3331234567abc", "x_3331234567", "R01 e PAA_PAGAMENTO_DUPLICATO",
		"versione 14.2.1", "errore 500", "1234567890123456789012345678901234567890", "articolo 3 comma 2", "",
	};
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		CHECK_KEPT(kept[i]);
}

TEST(test_personal_masks_stay)
{
	CHECK_KEPT("<iban> <phone> <codice-fiscale> <email> <card> <iuv> <notice-number>");
	CHECK_KEPT("<phone> 12345678");
	CHECK_KEPT("<iuv> 123456789012345"); /* a mask is no word that says what follows */
	CHECK_MASK("iuv 12345678901234567 123456789012345", "iuv <iuv> 123456789012345");
	CHECK_MASK("3331234567 3401234567", "<phone> <phone>");
	CHECK_MASK("a@example.com+393331234567", "<email><phone>");
	CHECK_MASK("800123456,12a@example.com", "<phone>,<email>");
}

TEST(test_personal_find)
{
	const char *text = "cf RSSMRA80A01H501U mail a@example.com tel 3331234567";
	sp_personal_span spans[3] = {{0}};
	CHECK_INT(sp_personal_find(text, strlen(text), spans, 3), 3);
	CHECK_INT(spans[0].start, 3);
	CHECK_INT(spans[0].end, 19);
	CHECK_INT(spans[0].kind, SP_PERSONAL_CODICE_FISCALE);
	CHECK_INT(spans[1].start, 25);
	CHECK_INT(spans[1].end, 38);
	CHECK_INT(spans[1].kind, SP_PERSONAL_EMAIL);
	CHECK_INT(spans[2].start, 43);
	CHECK_INT(spans[2].end, 53);
	CHECK_INT(spans[2].kind, SP_PERSONAL_PHONE);
	sp_personal_span first = {0};
	CHECK_INT(sp_personal_find(text, strlen(text), &first, 1), 3);
	CHECK_INT(first.start, 3);
	CHECK_INT(sp_personal_find(text, strlen(text), NULL, 0), 3);
	CHECK_INT(sp_personal_find("", 0, NULL, 0), 0);
}

/* Random texts of pieces that belong to data: masking twice is masking once, spans are in order, tokens are well formed. */
static const char *const pieces[] = {"333", "3331234567", "0612345678", "06", "1234567", "+39", " 39", "800123456", "12",
	"2020", "01", "4111111111111111", "4111", "1111", "301000000000000144", "3010", "0000", "00", "iuv ", "IUV: ",
	"avviso ", "tel ", "codice ", "fiscale ", "iban ", "cf ", "IT60X0542811101000000123456", "IT60", "X054", "2811",
	"RSSMRA80A01H501U", "RSS", "MRA", "80A01", "H501U", "RF18539007547034", "RF18", "RF", "FATT", "5390", "0754", "7034", "3", "01000000000000144", "a@b.it", "mario@", "@x.it",
	"x", "_", "'", "’", "<iban>", "<phone>", "<", "> ", "à", "puo' ", "l'", "e-mail", "http://", "www.", "ioapp.it",
	".it", "/path", "€", " euro", "50,00", "S.p.A.", "e\xCC\x80", "\xC2\xA0", "\xE2\x80\x8B", "\xFF", "😀", "PAA_X", "3-D",
	"\n", "!", "don't", "ß", " ", " ", " ", " ", "-", ".", ",", "/", "(", ")", ":", "|", "+", "%", "%20", "%2540", "%2B", "%25", "?q=", "12345678901234567"};

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

static size_t random_text(uint32_t *state, char *text)
{
	size_t len = 0;
	for (uint32_t left = 1 + next_random(state) % 12; left > 0; left--) {
		const char *piece = pieces[next_random(state) % (sizeof(pieces) / sizeof(pieces[0]))];
		memcpy(text + len, piece, strlen(piece));
		len += strlen(piece);
	}
	return len;
}

static void check_random_tokens(sp_analyser *analyser, sp_arena *arena, const char *text, size_t len, sp_lang lang)
{
	sp_tokens tokens;
	size_t end = 0;
	uint32_t position = 0;
	CHECK_INT(sp_analyse(analyser, text, len, lang, arena, &tokens), SP_OK);
	for (size_t i = 0; i < tokens.count; i++) {
		const sp_token *t = &tokens.items[i];
		bool ok = t->start >= end && t->end > t->start && t->end <= len && t->position > position && t->term_len &&
			strlen(t->term) == t->term_len && strlen(t->word) == t->word_len && strlen(t->plain) == t->plain_len &&
			(t->alt ? strlen(t->alt) : 0) == t->alt_len && sp_text_is_utf8(t->term, t->term_len);
		if (!ok)
			harness_fail(__FILE__, __LINE__, "token %zu of \"%.*s\"", i, (int)len, text);
		end = t->end;
		position = t->position;
	}
}

TEST(test_personal_random_texts)
{
	sp_analyser *analyser = sp_analyser_new();
	sp_arena *arena = sp_arena_new(0);
	uint32_t state = 1;
	for (int round = 0; round < 20000; round++) {
		char drawn[512];
		size_t len = random_text(&state, drawn), end = 0;
		char *text = malloc(len); /* exactly so long, for the address sanitizer */
		REQUIRE(text != NULL);
		memcpy(text, drawn, len);
		sp_personal_span spans[32];
		size_t count = sp_personal_find(text, len, spans, 32);
		for (size_t i = 0; i < count; i++) {
			CHECK(spans[i].start >= end && spans[i].end > spans[i].start && spans[i].end <= len);
			end = spans[i].end;
		}
		sp_buffer once = SP_BUFFER_INIT, twice = SP_BUFFER_INIT;
		sp_personal_mask(text, len, &once);
		sp_personal_mask(sp_buffer_text(&once), once.len, &twice);
		if (once.len != twice.len || memcmp(sp_buffer_text(&once), sp_buffer_text(&twice), once.len) != 0)
			harness_fail(__FILE__, __LINE__, "\"%.*s\" → \"%s\" → \"%s\"", (int)len, text, sp_buffer_text(&once),
				sp_buffer_text(&twice));
		sp_buffer_release(&once);
		sp_buffer_release(&twice);
		check_random_tokens(analyser, arena, text, len, (sp_lang)(round % 4 - 1));
		sp_arena_reset(arena);
		free(text);
	}
	sp_arena_free(arena);
	sp_analyser_free(analyser);
}
