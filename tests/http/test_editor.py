"""sportello preview: what an editor sees of which file, as whom and when, and who may see it."""
import html
import os
import re
import threading
import time
import unittest

from service import PATIENCE, Service, article, running, until

DRAFT = article("nuova-bozza", "Come si usa il gettone perlaceo", "Metti il gettone perlaceo nella fessura.").replace(
    "status: published", "status: draft").replace("review_by", "questions:\n  - dove metto il gettone perlaceo\nreview_by")


class Preview(Service):
    def __init__(self, *options):
        super().__init__(*options)
        self.environment = {**os.environ, "XDG_CACHE_HOME": str(self.folder / "cache"), "LC_ALL": "it_IT.UTF-8"}

    def arguments(self, listen):
        return ["preview", "--kb", self.kb, "--listen", listen, "--encoder", "none", *self.options]

    def own_folder(self):
        return next((self.folder / "cache" / "sportello").glob("*/preview"))


def piece(page, name):
    """One piece of the page, as text with its links' addresses gone."""
    start = page.index({"list": '<nav class="ed-list"', "article": '<div class="ed-paper"', "findings": 'id="findings"', "ask": 'id="ask"'}[name])
    ends = [page.find(mark, start + 1) for mark in ('<div class="ed-paper"', '<div class="ed-side"', '<section class="ed-box"', "</main>")]
    return page[start:min(end for end in ends if end > 0)]


def words(text):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text)))


class EditorTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = Preview()
        cls.addClassCleanup(cls.service.remove)
        cls.service.write("it/accesso/nuova-bozza.md", DRAFT)
        cls.service.start()

    def setUp(self):
        self.client = self.service.client(timeout=40)
        self.addCleanup(self.client.close)

    def page(self, query="", status=200):
        reply = self.client.get("/editor/" + query)
        self.assertEqual(reply.status, status, reply.text)
        return reply.text

    def save(self, path, text):
        """Save, and put back what was there when the test is over."""
        target = self.service.kb / path
        before = target.read_text(encoding="utf-8") if target.exists() else None
        number = self.settled()  # or what is told first is about the change before
        self.service.write(path, text)

        def restore():
            here = self.settled()
            if before is None:
                target.unlink()
            else:
                self.service.write(path, before)
            self.wait(here)

        self.addCleanup(restore)
        self.wait(number)

    def number(self):
        return re.search(r'data-number="(\d+)"', self.page()).group(1)

    def settled(self):
        """The number, once nothing moves any more: what is saved is seen in the folder, and again when it is published."""
        number = ""
        while number != (number := self.number()):
            time.sleep(0.5 * PATIENCE)
        return number

    def wait(self, number):
        reply = self.client.get("/editor/changes?seen=" + number)
        self.assertEqual(reply.status, 200)
        self.assertNotEqual(reply.json["number"], number, "nothing was told of a change")
        return reply.json["number"]


class Articles(EditorTest):
    def test_the_text_is_that_of_the_help_centre(self):
        with running() as service:
            client = service.client()
            public = client.get("/a/password-dimenticata?lang=it").text
            client.close()
        shown = self.page("?id=password-dimenticata&lang=it")
        body = re.compile(r'<div class="article-body">.*?</div>', re.S)
        there, here = body.search(public).group(0), body.search(shown).group(0)
        self.assertGreater(len(there), 100)
        self.assertEqual(re.sub('href="[^"]*"', "", here), re.sub('href="[^"]*"', "", there))
        self.assertNotIn("/feedback", shown)

    def test_a_draft_is_shown_and_marked(self):
        page = self.page("?id=nuova-bozza")
        self.assertIn("gettone perlaceo nella fessura", piece(page, "article"))
        self.assertIn("Bozza", words(piece(page, "article")))
        self.assertRegex(words(piece(page, "list")), r"Come si usa il gettone perlaceo bozza")
        self.assertIn("bozze: 1", words(piece(page, "list")))
        self.assertNotIn("Bozza", words(piece(self.page("?id=ricevuta"), "article")))

    def test_a_retired_one_is_shown_and_marked(self):
        page = self.page("?id=vecchio-modo")
        self.assertIn("Ritirato", words(piece(page, "article")))
        self.assertIn("Si pagava allo sportello", page)

    def test_an_edit_that_waits_stands_for_the_published_text(self):
        live = (self.service.kb / "it/accesso/codice-non-arriva.md").read_text(encoding="utf-8")
        edit = live.replace("status: published", "status: draft").replace("questions:\n", "questions:\n  - dove dorme il ghiro cobalto\n")
        title = re.search(r'^title: "?(.*?)"?$', live, re.M).group(1)
        self.save("it/accesso/codice-non-arriva.draft.md", edit + "\nUna riga <b>nuova</b>.\n")
        page = self.page("?id=codice-non-arriva")
        article = piece(page, "article")
        self.assertIn("modifica in attesa", words(article))
        self.assertIn("codice-non-arriva.draft.md", article)
        self.assertNotIn("Bozza", words(article))
        listed = words(piece(page, "list"))
        self.assertEqual(listed.count(title), 1)
        self.assertIn(title + " modifica in attesa", listed)
        lines = re.findall(r'<div class="ed-(gone|come)">.*?<code>(.*?)</code>', article)
        self.assertEqual([(kind, html.unescape(text)) for kind, text in lines], [
            ("gone", "status: published"), ("come", "status: draft"), ("come", "  - dove dorme il ghiro cobalto"), ("come", ""),
            ("come", "Una riga <b>nuova</b>.")])
        ask = "?ask=dove+dorme+il+ghiro+cobalto"
        self.assertIsNotNone(until(lambda: "Risponde " + title + " modifica in attesa" in words(piece(self.page(ask), "ask")), 3))
        self.assertNotIn("duplicate", piece(page, "findings"))
        self.save("it/accesso/codice-non-arriva.draft.md", "---\nid: [\n")
        broken = self.page("?id=codice-non-arriva")
        self.assertEqual(words(piece(broken, "list")).count(" modifica in attesa"), 1)
        self.assertIn("codice-non-arriva.draft.md", piece(broken, "article"))
        self.assertIn("riga", words(piece(broken, "article")))

    def test_as_whom(self):
        citizen, agent = self.page("?id=ricevuta"), self.page("?id=ricevuta&as=agent-l1")
        self.assertNotIn("quokkarino", citizen)
        self.assertIn("quokkarino", agent)
        self.assertNotIn("registro zanzibarino e cerca", self.page("?id=procedura-riservata"))
        self.assertIn("Cittadini: non lo vedono", words(self.page("?id=procedura-riservata")))
        self.assertIn("registro zanzibarino e cerca", self.page("?id=procedura-riservata&as=agent-l1"))
        self.assertIn("registro zanzibarino e cerca", self.page("?id=procedura-riservata&as=agent-l1&lang=en"))
        self.assertIn("Cittadini: non lo vedono", words(self.page("?id=procedura-riservata&as=nobody")))

    def test_links_stay_with_the_reader(self):
        agent = self.page("?id=codice-non-arriva&as=agent-l1&on=2026-11-01")
        self.assertIn('href="/editor/?id=procedura-riservata&amp;as=agent-l1&amp;on=2026-11-01&amp;lang=it"', piece(agent, "article"))
        self.assertNotIn("procedura-riservata", piece(self.page("?id=codice-non-arriva"), "article"))

    def test_links_in_the_text(self):
        self.save("it/accesso/prova-link.md", article("prova-link", "Prova", "Vedi [la ricevuta](ricevuta) e [altro](https://example.org/a/ricevuta)."))
        text = piece(self.page("?id=prova-link"), "article")
        self.assertIn('href="/editor/?id=ricevuta&amp;lang=it"', text)
        self.assertIn('href="https://example.org/a/ricevuta"', text)

    def test_on_which_day(self):
        self.assertIn("bonus trombonico", self.page("?id=bonus-scaduto&on=2021-06-01"))
        today = piece(self.page("?id=bonus-scaduto"), "article")
        self.assertNotIn("trombonico", today)
        self.assertIn("31 dicembre 2021", today)
        self.assertIn("on=2021-12-31", today)
        self.assertNotIn("trombonico", self.page("?id=bonus-scaduto&on=no-day"))

    def test_in_which_language(self):
        self.assertIn("Where do I find the receipt", piece(self.page("?id=ricevuta&lang=en"), "article"))
        other = self.page("?id=password-dimenticata&lang=en")
        self.assertIn('<html lang="en">', other)
        self.assertIn("This answer is not", words(other))

    def test_what_is_not_there(self):
        self.assertIn("Questo articolo non c'è", words(self.page("?id=nessuno")))
        self.assertIn("&lt;b&gt;", self.page("?id=%3Cb%3E"))
        self.assertNotIn("<b>", self.page("?id=%3Cb%3E"))

    def test_the_list_is_searched(self):
        found = piece(self.page("?q=RICEVUTA"), "list")
        self.assertIn("Dove trovo la ricevuta", found)
        self.assertNotIn("Non mi arriva il codice", found)
        self.assertIn("Nessun articolo", words(piece(self.page("?q=xyzzy"), "list")))


class Changes(EditorTest):
    def test_saved_text_is_there_soon_and_told(self):
        number = self.number()
        began = time.monotonic()
        self.save("it/accesso/nuova-bozza.md", DRAFT.replace("fessura", "scanalatura"))
        self.assertIn("scanalatura", self.page("?id=nuova-bozza"))
        self.assertLess(time.monotonic() - began, 0.5 * PATIENCE * 4)  # other tests run beside this one
        self.assertNotEqual(self.number(), number)

    def test_findings_come_and_go(self):
        self.assertNotIn("broken-link", self.page("?id=nuova-bozza"))
        number = self.settled()
        self.service.write("it/accesso/nuova-bozza.md", DRAFT.replace("nella fessura", "nella [fessura](non-esiste)"))
        number = self.wait(number)
        found = piece(self.page("?id=nuova-bozza"), "findings")
        self.assertIn("broken-link", found)
        self.assertIn("riga 15", words(found))
        self.assertIn("nella [fessura](non-esiste)", html.unescape(found))
        self.assertIn("broken-link", piece(self.page("?id=ricevuta"), "findings"))
        english = words(piece(self.page("?id=nuova-bozza&lang=en"), "findings"))
        self.assertIn("line 15", english)
        self.assertIn("There is no article", english)
        self.service.write("it/accesso/nuova-bozza.md", DRAFT)
        # The number may tell of a look before that one.
        self.assertIsNotNone(until(lambda: "broken-link" not in self.page("?id=nuova-bozza"), 5))

    def test_questions_that_another_article_answers_better(self):
        text = DRAFT.replace("dove metto il gettone perlaceo", "il codice di conferma via sms non arriva")
        self.save("it/accesso/nuova-bozza.md", text)
        found = lambda: piece(self.page("?id=nuova-bozza"), "findings")
        self.assertIsNotNone(until(lambda: "better-elsewhere" in found(), 3), words(found()))
        self.assertIn("codice-non-arriva", found())
        self.assertIn("- il codice di conferma via sms non arriva", words(found()))

    def test_a_rule_leads_to_the_article_that_explains_it(self):
        self.assertNotIn("regola-link", self.page("?id=nuova-bozza"))
        self.save("it/interno/regola-link.md", article("regola-link", "Link rotti", "Correggi.", "interno", "agent-l1"))
        self.save("it/accesso/nuova-bozza.md", DRAFT.replace("nella fessura", "nella [fessura](non-esiste)"))
        self.assertIn('href="/editor/?id=regola-link&amp;as=agent-l1&amp;lang=it"><code>broken-link</code>', self.page("?id=nuova-bozza"))

    def test_a_broken_file_shows_where(self):
        self.save("it/pagamenti/ricevuta.md", (self.service.kb / "it/pagamenti/ricevuta.md").read_text(encoding="utf-8").replace(
            "status: published", "status: publicato"))
        page = self.page("?id=ricevuta")
        text = piece(page, "article")
        self.assertIn("Questo file non si può pubblicare", text)
        self.assertRegex(text, r'class="ed-wrong"><span class="ed-number">7</span><code>status: publicato')
        self.assertIn("ultimo testo buono", text)
        self.assertIn("nella sezione Pagamenti", text)
        self.assertRegex(words(piece(page, "list")), "Dove trovo la ricevuta non leggibile")

    def test_a_new_file_that_was_never_good(self):
        for text, line in ((b"---\ntitle: [\n---\n", 2), (b"no front matter", 1), (b"", 1), (b"---\ntitle: \xff\xfe\n---\n", 2)):
            number = self.settled()
            target = self.service.kb / "it/accesso/rotto.md"
            target.write_bytes(text)
            self.wait(number)
            page = self.page("?id=rotto")
            self.assertIn("Questo file non si può pubblicare", page)
            self.assertIn("Non c&#39;è un testo precedente", page)
            # Not by the number: publishing the file before may be told only now.
            target.unlink()
            self.assertIsNotNone(until(lambda: "Questo articolo non c" in self.page("?id=rotto"), 10))

    def test_a_broken_kb_yaml_is_told(self):
        self.save("kb.yaml", (self.service.kb / "kb.yaml").read_text(encoding="utf-8").replace("timezone:", "timezon:"))
        self.assertIn("kb.yaml", piece(self.page("?id=ricevuta"), "findings"))
        self.assertIn("nella sezione Pagamenti", self.page("?id=ricevuta"))

    def test_who_waits_is_told_when_his_time_is_over(self):
        number = self.settled()
        other = self.service.client(timeout=60)
        self.addCleanup(other.close)
        told = []
        thread = threading.Thread(target=lambda: told.append(other.get("/editor/changes?seen=" + number).json["number"]))
        thread.start()
        time.sleep(0.5)
        self.assertEqual(told, [])
        self.save("it/accesso/altro.md", article("altro", "Altro", "Testo."))
        thread.join(20)
        self.assertEqual(len(told), 1)
        self.assertNotEqual(told[0], number)


class Asking(EditorTest):
    def test_the_draft_answers(self):
        answer = words(piece(self.page("?id=nuova-bozza&ask=dove+metto+il+gettone+perlaceo"), "ask"))
        self.assertIn("Risponde Come si usa il gettone perlaceo questo articolo bozza", answer)
        self.assertRegex(answer, r"Fiducia \d+ % soglia \d+ %")
        self.assertIn("formulazione conosciuta di nuova-bozza", answer)
        self.assertIn("Per ora contano solo le parole", answer)
        self.assertIn("Metti il gettone perlaceo", answer)

    def test_what_was_just_saved_answers(self):
        self.save("it/accesso/nuova-bozza.md", DRAFT.replace("gettone perlaceo", "gettone ambrato"))
        self.assertIsNotNone(until(lambda: "Risponde" in words(piece(self.page("?ask=dove+metto+il+gettone+ambrato"), "ask")), 3))

    def test_as_the_reader(self):
        question = "?ask=come+si+usa+il+registro+zanzibarino"
        self.assertNotIn("Controllo con il registro", piece(self.page(question), "ask"))
        self.assertIn("Controllo con il registro", piece(self.page(question + "&as=agent-l1"), "ask"))

    def test_on_the_day(self):
        question = "?ask=chiedere+il+bonus+scaduto"
        self.assertNotIn("Chiedere il bonus scaduto</a>", piece(self.page(question), "ask"))
        self.assertIn("Chiedere il bonus scaduto</a>", piece(self.page(question + "&on=2021-06-01"), "ask"))

    def test_the_article_s_own_questions_are_a_tap_away(self):
        self.assertIn('href="/editor/?id=nuova-bozza&amp;lang=it&amp;ask=dove+metto+il+gettone+perlaceo"', self.page("?id=nuova-bozza"))

    def test_odd_questions(self):
        self.assertIn("Passa a una persona", words(self.page("?ask=vorrei+parlare+con+una+persona")))
        self.page("?ask=%F0%9F%99%82")
        self.assertNotIn('class="ed-result', self.page("?ask=+++"))
        self.page("?ask=" + "a" * 2001, status=400)


class Safety(EditorTest):
    def test_only_for_who_names_this_machine(self):
        for host in ("evil.example", "evil.example:" + str(self.service.port), "localhost.evil.example", "127.0.0.1.evil.example", "", "a b",
                     "127.0.0.1:x"):
            for path in ("/editor/?id=nuova-bozza", "/editor/changes", "/static/x", "/readyz", "/"):
                reply = self.client.request("GET", path, headers={"Host": host})
                self.assertIn(reply.status, (400, 403), (host, path))
                self.assertNotIn("perlaceo", reply.text)
        for host in ("localhost", "LOCALHOST:9", "127.0.0.1", "[::1]:8090", "192.168.1.7:8090"):
            self.assertEqual(self.client.request("GET", "/editor/", headers={"Host": host}).status, 200, host)

    def test_no_other_site_reads_it(self):
        for path in ("/editor/", "/editor/changes"):
            reply = self.client.get(path, Origin="http://evil.example")
            self.assertIsNone(reply["Access-Control-Allow-Origin"])
            self.assertEqual(reply["Cross-Origin-Resource-Policy"], "same-origin")
            self.assertEqual(reply["Cache-Control"], "no-store")
            reply = self.client.request("OPTIONS", path, headers={"Origin": "http://evil.example", "Access-Control-Request-Method": "GET"})
            self.assertIsNone(reply["Access-Control-Allow-Origin"])
        self.assertIn("frame-ancestors 'none'", self.client.get("/editor/")["Content-Security-Policy"])

    def test_nothing_but_the_editors_pages(self):
        for path in ("/a/nuova-bozza", "/chat", "/search?q=gettone", "/ticket", "/v1/search?q=gettone", "/v1/articles/nuova-bozza", "/widget.js"):
            self.assertEqual(self.client.get(path).status, 404, path)
        self.assertEqual(self.client.post("/v1/chat", {"message": "gettone"}).status, 404)
        self.assertEqual(self.client.post("/v1/tickets", {"message": "gettone"}).status, 404)
        self.assertEqual(self.client.request("POST", "/editor/").status, 405)
        self.assertEqual(self.client.get("/")["Location"], "/editor/")
        self.assertEqual(self.client.get("/readyz").status, 200)


INTERNAL = article("bozza-interna", "Bozza del registro ametista", "Testo ametista.", category="interno", audience="agent-l1").replace(
    "status: published", "status: draft")


class InAService(unittest.TestCase):
    """Beside all other pages, for editors and administrators, of what their audience may read."""

    @classmethod
    def setUpClass(cls):
        cls.service = Service()
        cls.addClassCleanup(cls.service.remove)
        cls.service.write("it/accesso/nuova-bozza.md", DRAFT)
        cls.service.write("it/interno/bozza-interna.md", INTERNAL)
        cls.service.write("it/accesso/rotta.md", article("rotta", "Articolo rotto", "Testo.").replace("type: qa", "type: qq"))
        cls.tokens = {role: cls.service.token("agent-l1", role, role) for role in ("reader", "agent", "editor", "manager", "admin")}
        cls.partial = cls.service.token("citizen", "editor", "esterna")
        cls.service.start()

    def client(self, token=None):
        client = self.service.client(token, timeout=60)
        self.addCleanup(client.close)
        return client

    def test_only_for_editors(self):
        anyone = self.client()
        self.assertEqual(anyone.get("/editor/")["Location"], "/agent/sign-in?next=/editor/")
        self.assertEqual(anyone.get("/editor/changes").status, 401)
        self.assertEqual(anyone.get("/editor")["Location"], "/editor/")
        for role in ("reader", "agent", "manager"):
            for path in ("/editor/", "/editor/?id=nuova-bozza", "/editor/changes"):
                reply = self.client(self.tokens[role]).get(path)
                self.assertEqual(reply.status, 403, (role, path))
                self.assertNotIn("perlaceo", reply.text)
        for role in ("editor", "admin"):
            client = self.client(self.tokens[role])
            self.assertEqual(client.get("/editor/").status, 200)
            self.assertTrue(client.get("/editor/changes").json["number"])
            self.assertEqual(client.get("/a/nuova-bozza").status, 404)

    def test_drafts_and_what_is_wrong(self):
        editor = self.client(self.tokens["editor"])
        page = editor.get("/editor/?id=nuova-bozza").text
        self.assertIn("Metti il gettone perlaceo nella fessura.", words(piece(page, "article")))
        self.assertIn("Bozza del registro ametista", words(piece(page, "list")))
        page = editor.get("/editor/?id=rotta").text
        self.assertIn("unknown-type", piece(page, "article"))
        self.assertIn("unknown-type", piece(page, "findings"))
        self.assertIn("Testo ametista.", words(editor.get("/editor/?id=bozza-interna&as=agent-l1").text))

    def test_the_service_answers_without_drafts_and_counts_nothing(self):
        editor = self.client(self.tokens["editor"])
        page = words(piece(editor.get("/editor/?ask=ho+dimenticato+la+password").text, "ask"))
        self.assertIn("Ho dimenticato la password", page)
        self.assertIn("le bozze non contano ancora", page)
        self.assertNotIn("gettone perlaceo", words(piece(editor.get("/editor/?ask=dove+metto+il+gettone").text, "ask")))
        self.assertNotIn("sportello_decisions_total{", editor.get("/metrics").text)

    def test_an_editor_of_some_readers_alone(self):
        editor = self.client(self.partial)
        for path in ("/editor/", "/editor/?as=agent-l1", "/editor/?id=bozza-interna&as=agent-l1", "/editor/?q=ametista", "/editor/?id=ricevuta&as=agent-l1",
                     "/editor/?id=procedura-riservata&as=agent-l1&lang=en", "/editor/?ask=registro+ametista&as=agent-l1"):
            reply = editor.get(path)
            self.assertEqual(reply.status, 200, path)
            text = reply.text.replace("bozza-interna", "").replace('value="ametista"', "")
            for word in ("Bozza del registro", "Testo ametista", "zanzibarino", "procedura-riservata.md", "agent-l1", "Operatori", "no-source"):
                self.assertNotIn(word, text, (path, word))
        page = editor.get("/editor/?id=nuova-bozza").text
        self.assertIn("Metti il gettone perlaceo nella fessura.", words(piece(page, "article")))

    def test_what_is_broken_now_and_for_others_is_not_told(self):
        """Its readers are those of its last good text, in whatever language the page is; what its file says now may be for others."""
        self.service.write("it/accesso/girata.md", article("girata", "Titolo di prima", "Testo."))
        partial, editor = self.client(self.partial), self.client(self.tokens["editor"])
        self.assertTrue(until(lambda: all("Titolo di prima" in partial.get("/editor/?lang=" + lang).text for lang in ("it", "en")), 10))
        self.service.write("it/accesso/girata.md", article("girata", "Titolo ciclamino", "Testo ciclamino.", audience="agent-l1").replace("type: qa", "type: qq"))
        for lang in ("it", "en"):
            self.assertTrue(until(lambda: "Titolo ciclamino" in editor.get("/editor/?lang=" + lang).text, 10))
            for query in ("?", "?id=girata", "?q=ciclamino"):
                self.assertNotIn("Titolo ciclamino", partial.get(f"/editor/{query}&lang={lang}").text)
            self.assertIn("it/accesso/girata.md", partial.get(f"/editor/?lang={lang}").text)

    def test_while_kb_yaml_changes_nobody_is_taken_for_another(self):
        """Audiences are counted by their places in kb.yaml; who comes while it changes is told nothing by the old places."""
        partial, config = self.client(self.partial), self.service.kb / "kb.yaml"
        before = config.read_text(encoding="utf-8")
        first, second = re.search(r"  citizen:\n    name:.*\n", before).group(0), re.search(r"  agent-l1:\n    name:.*\n    reads:.*\n", before).group(0)
        self.addCleanup(lambda: config.write_text(before, encoding="utf-8"))
        self.assertIn(first + second, before)
        for text in (before.replace(first + second, second + first), before) * 4:
            config.write_text(text, encoding="utf-8")
            until_s = time.monotonic() + 1
            while time.monotonic() < until_s:
                self.assertNotIn("ametista", partial.get("/editor/").text)
        self.assertTrue(until(lambda: "gettone perlaceo" in partial.get("/editor/").text, 10))

    def test_it_follows_what_is_saved(self):
        editor = self.client(self.tokens["editor"])
        number = re.search(r'data-number="(\d+)"', editor.get("/editor/").text).group(1)
        told = []
        thread = threading.Thread(target=lambda: told.append(editor.get("/editor/changes?seen=" + number).json["number"]))
        thread.start()
        self.service.write("it/accesso/altra.md", article("altra", "Un altro articolo turchese", "Testo turchese."))
        thread.join(30 * PATIENCE)
        self.assertNotEqual(told, [number])
        self.assertIn("Testo turchese.", words(editor.get("/editor/?id=altra").text))

    def test_what_is_internal_is_noted(self):
        self.client(self.tokens["editor"]).get("/editor/?id=procedura-riservata&as=agent-l1")
        admin = self.client(self.tokens["admin"])
        self.assertTrue(until(lambda: any(entry["object"] == "it/procedura-riservata" and entry["subject"] == "editor"
                                          for entry in admin.get("/v1/audit").json["entries"]), 5))

    def test_it_stops_at_once_with_pages_open(self):
        with running() as service:
            stops_with_a_page_open(self, service, service.client(service.token("agent-l1", "editor", "editor"), timeout=60), 10 * PATIENCE)


def stops_with_a_page_open(test, service, client, within_s):
    number = re.search(r'data-number="(\d+)"', client.get("/editor/").text).group(1)
    thread = threading.Thread(target=lambda: client.get("/editor/changes?seen=" + number))
    thread.start()
    time.sleep(0.3)
    began = time.monotonic()
    test.assertEqual(service.stop(), 0)
    test.assertLess(time.monotonic() - began, within_s)
    thread.join(10)
    client.close()


class Folders(unittest.TestCase):
    def test_an_index_of_drafts_is_never_served(self):
        preview = Preview()
        self.addCleanup(preview.remove)
        preview.write("it/accesso/nuova-bozza.md", DRAFT)
        preview.start()
        client = preview.client()
        self.assertIn("Risponde", words(client.get("/editor/?ask=dove+metto+il+gettone+perlaceo").text))
        client.close()
        self.assertEqual(preview.stop(), 0)
        service = Service()
        self.addCleanup(service.remove)
        service.kb, service.data = preview.kb, preview.own_folder()
        service.start()
        client = service.client()
        self.assertEqual(client.get("/a/nuova-bozza").status, 404)
        self.assertNotIn("perlaceo", client.post("/v1/chat", {"message": "dove metto il gettone"}).text)
        self.assertEqual(client.get("/a/ricevuta").status, 200)
        client.close()
        service.stop()
        again = Preview()
        self.addCleanup(again.remove)
        again.kb, again.environment = preview.kb, preview.environment
        again.start()
        client = again.client()
        self.assertIn("Risponde", words(client.get("/editor/?ask=dove+metto+il+gettone+perlaceo").text))
        client.close()

    def test_it_ends_at_once_with_pages_open(self):
        preview = Preview()
        self.addCleanup(preview.remove)
        preview.start()
        stops_with_a_page_open(self, preview, preview.client(), 3 * PATIENCE)


if __name__ == "__main__":
    unittest.main()
