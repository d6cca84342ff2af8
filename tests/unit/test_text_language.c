/* Which language a text is in, and whether it is in none of ours. */
#include "harness.h"

#include "sportello/text.h"

#define ALL_LANGS (1u << SP_LANG_IT | 1u << SP_LANG_EN | 1u << SP_LANG_DE)

static void check_language(const char *const *texts, size_t count, sp_lang lang)
{
	for (size_t i = 0; i < count; i++) {
		double confidence = -1;
		sp_lang got = sp_text_language(texts[i], strlen(texts[i]), ALL_LANGS, &confidence);
		if (got != lang || confidence < 0.5)
			harness_fail(__FILE__, __LINE__, "\"%s\": got %s %.2f, wanted %s", texts[i], sp_lang_code(got), confidence,
				sp_lang_code(lang));
	}
}

#define CHECK_LANGUAGE(texts, lang) check_language(texts, sizeof(texts) / sizeof((texts)[0]), lang)

TEST(test_text_language_italian)
{
	static const char *const texts[] = {
		"app io non funziona", "non riesco ad accedere", "come faccio a entrare con lo spid", "il codice otp non arriva",
		"ho pagato due volte la stessa tari", "dove trovo la ricevuta", "perche non mi arriva il messaggio",
		"voglio cancellare il mio account", "nn riesco a pagare il bolo", "quanto tempo per il rimborso",
		"carta non accettata", "che cos'è il cashback", "mi hanno rubato il telefono", "posso delegare mia madre",
		"il pagamento risulta in corso", "come si cambia la mail", "l'app si blocca subito", "ho perso le credenziali",
		"vorrei parlare con un operatore", "quando scade l'avviso", "la mia carta e stata clonata", "c'è un errore",
		"non trovo la patente", "come aggiungo un metodo di pagamento", "chi decide se ho diritto al bonus",
		"ma quanto ci mettete a rispondere", "non mi fa entrare con la cie", "ricevuta del bollo auto smarrita",
		"mi avete addebitato 2 volte", "grazie mille a tutti", "serve lo spid per usare io?", "dov'è il qr code",
		"PERCHÉ NON FUNZIONA NIENTE", "l'IBAN è sbagliato, come lo modifico?", "login spid bloccato", "reset password non arriva",
		"pagato due volte",
	};
	CHECK_LANGUAGE(texts, SP_LANG_IT);
}

TEST(test_text_language_english)
{
	static const char *const texts[] = {
		"how do I log in", "I can't sign in with my card", "where is my receipt", "the otp code never arrives",
		"I paid twice, how do I get my money back", "delete my account please", "why was my card declined",
		"what is the cashback", "the app keeps crashing", "I have lost my phone", "is it possible to pay with paypal",
		"my payment is still pending", "how long does a refund take", "who can help me", "I forgot my password",
		"do I need spid to use the app", "it says the code is wrong", "when does the notice expire",
		"can I change my email adress", "I didnt recieve the message", "how to add a payment method",
		"the amount is different from the letter", "I want to talk to a person", "there is an error on the screen",
		"you charged me two times", "thank you very much", "does it work from abroad", "someone used my card",
		"where can I find the notice number", "my bank refused the payment", "am I entitled to the bonus",
		"WHY IS NOTHING WORKING", "what should I do now?", "i paid twice", "hello i need help", "forgot password", "lost spid password",
		"refund needed", "app stopped",
	};
	CHECK_LANGUAGE(texts, SP_LANG_EN);
}

TEST(test_text_language_german)
{
	static const char *const texts[] = {
		"ich kann mich nicht anmelden", "wie melde ich mich an", "wo ist meine quittung", "der otp code kommt nicht an",
		"ich habe zweimal bezahlt", "bitte mein konto löschen", "warum wurde meine karte abgelehnt",
		"was ist der cashback", "die app stürzt ab", "ich habe mein handy verloren", "kann ich mit paypal bezahlen",
		"meine zahlung ist noch in bearbeitung", "wie lange dauert die rückerstattung", "wer kann mir helfen",
		"ich habe mein passwort vergessen", "brauche ich spid fuer die app", "der code ist falsch",
		"wann laeuft der bescheid ab", "wie aendere ich meine adresse", "ich habe keine nachricht bekommen",
		"wie füge ich eine zahlungsart hinzu", "der betrag stimmt nicht", "ich möchte mit einem menschen sprechen",
		"es gibt einen fehler", "sie haben mich doppelt belastet", "vielen dank für die hilfe",
		"funktioniert das auch im ausland", "jemand hat meine karte benutzt", "wo finde ich die nummer",
		"meine bank hat die überweisung zurückgewiesen", "habe ich anspruch auf den bonus",
		"WARUM GEHT NICHTS", "was muss ich jetzt tun?", "doppelt bezahlt", "karte gesperrt", "spid funktioniert", "zugang verloren",
	};
	CHECK_LANGUAGE(texts, SP_LANG_DE);
}

TEST(test_text_language_says_little_of_little)
{
	static const char *const texts[] = {"FAQ", "SPID", "otp", "cashback", "login", "iban", "app io", "password reset",
		"bonus", "cie pin", "email", "qr code", "spid login", "paypal", "PAA_PAGAMENTO_DUPLICATO", "account", "ok", "pos",
		"in", "a", "no", "login problem", "rimborso", "refund", "Erstattung", "Amazon Prime", "Netflix", "Windows 10",
		"login spid", "reset password", "payment failed", "customer care", "smart working e spid", "errore payment failed", "one time password", "money transfer"};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		double confidence = -1;
		sp_text_language(texts[i], strlen(texts[i]), ALL_LANGS, &confidence);
		if (confidence < 0 || confidence >= 0.5)
			harness_fail(__FILE__, __LINE__, "\"%s\": confidence %.2f", texts[i], confidence);
	}
	double confidence = -1;
	CHECK_INT(sp_text_language("", 0, ALL_LANGS, &confidence), SP_LANG_NONE);
	CHECK(confidence == 0);
	CHECK_INT(sp_text_language("12345 ... 😀", 14, ALL_LANGS, NULL), SP_LANG_NONE);
	CHECK_INT(sp_text_language("spid", 4, ALL_LANGS, NULL), SP_LANG_NONE);
	CHECK_INT(sp_text_language("come posso pagare", 17, 0, NULL), SP_LANG_NONE);
}

TEST(test_text_language_candidates)
{
	const char *german = "ich kann mich nicht anmelden";
	double confidence = -1;
	sp_text_language(german, strlen(german), 1u << SP_LANG_IT | 1u << SP_LANG_EN, &confidence);
	CHECK(confidence < 0.5); /* neither of those asked for */
	CHECK_INT(sp_text_language("non funziona niente", 19, 1u << SP_LANG_IT, &confidence), SP_LANG_IT);
	CHECK(confidence >= 0.5);
}

TEST(test_text_foreign_languages)
{
	static const char *const foreign[] = {"J'ai oublié mon mot de passe SPID", "Pozabil sem geslo, kaj naj naredim?", "Kako placam racun?", "bonjour", "no puedo entrar en mi cuenta, he olvidado la contraseña",
		"Como posso pagar com o meu cartão?", "nu pot sa intru in contul meu", "Nuk mund të hyj në llogarinë time",
		"Nie mogę się zalogować, zapomniałem hasło", "Ik heb mijn wachtwoord vergeten", "Я забыл пароль от SPID",
		"نسيت كلمة المرور الخاصة بي", "我忘记了我的密码 SPID"};
	static const char *const ours[] = {"", "12345 ...", "spid", "pagopa iuv otp", "non mi fa entrare con la cie", "posso pagare con la carta?",
		"ho pagato la mensa per mia figlia", "I forgot my password", "Ich habe mein Passwort vergessen", "ke fare nn mi ariva il kodice",
		"πλ SPID non funziona", "hola, non riesco a entrare", "asdkjh qwpoei zzxmn"};
	for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
		if (!sp_text_is_foreign(foreign[i], strlen(foreign[i]), ALL_LANGS))
			harness_fail(__FILE__, __LINE__, "\"%s\" is taken for ours", foreign[i]);
	for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
		if (sp_text_is_foreign(ours[i], strlen(ours[i]), ALL_LANGS))
			harness_fail(__FILE__, __LINE__, "\"%s\" is taken for foreign", ours[i]);
	/* One of ours that is not asked for. */
	CHECK(sp_text_is_foreign("Ich habe mein Passwort vergessen", 32, 1u << SP_LANG_IT));
	CHECK(!sp_text_is_foreign("passwort", 8, 1u << SP_LANG_IT));
}
