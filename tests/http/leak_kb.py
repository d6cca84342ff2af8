"""A knowledge base made from a seed, in which whatever is not for everybody has words of its own.

It can be written whole, and as one audience would have it if nothing else had ever been written: with what that
audience may not read left out before anything is indexed. A service on the one must answer as on the other.
"""
import dataclasses
import datetime
import json

from leak_words import Words, dumped

AUDIENCES = ("citizen", "creditor", "psp", "partner", "agent-l1", "agent-l2")
READS = {"citizen": (), "creditor": ("citizen",), "psp": ("citizen",), "partner": ("citizen",),
         "agent-l1": ("citizen", "creditor", "psp", "partner"),
         "agent-l2": ("citizen", "creditor", "psp", "partner", "agent-l1")}
INTERNAL = AUDIENCES[1:]
TYPES = ("use-case", "qa", "procedure", "training", "notice")
NOBODY = frozenset()
INSTEAD = "instead: "  # what others see in the place of the part before
PUBLIC_THEMES = (
    ("avviso-scaduto", "L'avviso di pagamento è scaduto", "posso pagare un avviso scaduto", "Paga lo stesso: l'importo si aggiorna da solo."),
    ("ricevuta-persa", "Non trovo più la ricevuta", "dove scarico la ricevuta del versamento", "La ricevuta resta nella sezione dei pagamenti."),
    ("codice-sms", "Il codice via SMS non arriva", "non ricevo il codice sul telefono", "Aspetta cinque minuti e chiedi un codice nuovo."),
    ("password-persa", "Ho dimenticato la password", "come recupero la parola chiave", "Scegli il collegamento per cambiare la password."),
    ("doppio-addebito", "Ho pagato due volte", "rimborso di un pagamento doppio", "Chiedi il rimborso all'ente che ha emesso l'avviso."),
    ("carta-rifiutata", "La carta è stata rifiutata", "perché la carta non funziona", "Controlla il plafond e la scadenza della carta."),
    ("notifiche-mute", "Non arrivano le notifiche", "come accendo le notifiche", "Apri le impostazioni e accendi le notifiche."),
    ("profilo-dati", "Correggere i dati del profilo", "cambiare indirizzo nel profilo", "Apri il profilo e tocca la matita."),
    ("bollettino-qr", "Il codice QR non si legge", "la fotocamera non legge il quadratino", "Pulisci l'obiettivo e avvicina il foglio."),
    ("commissioni", "Quanto costa pagare", "costo della commissione", "La commissione dipende da chi gestisce il pagamento."),
)


def readers_of(audiences):
    """Who sees what is for these audiences."""
    return frozenset(a for a in AUDIENCES if a in audiences or set(READS[a]) & set(audiences))


@dataclasses.dataclass
class Article:
    id: str
    lang: str
    category: str
    readers: frozenset  # who is shown it
    filed: frozenset  # in whose index it is
    front: list  # of (key, YAML, readers)
    body: list  # of (Markdown, readers)
    file: str = ""  # name of the file without .md

    def text(self, reader):
        """The file as it would be if it had been written for this reader alone; None: for everybody."""
        lines = [f"{key}: {value}" for key, value, readers in self.front if value and (reader is None or reader in readers)]
        seen = lambda part, readers: reader in readers if reader else not part.startswith(INSTEAD)
        body = [part.removeprefix(INSTEAD) for part, readers in self.body if seen(part, readers)]
        return "---\n" + "\n".join(lines) + "\n---\n\n" + "\n\n".join(body) + "\n"


class Kb:
    def __init__(self, seed=1):
        self.words = Words(seed)
        self.articles, self.raw = [], {}
        self.categories, self.groups, self.fields, self.bodies, self.synonyms = [], [], [], [], []
        self.open_words, self.keys = {}, {}
        today = datetime.date.today()
        self.day = lambda days: (today + datetime.timedelta(days=days)).isoformat()
        self._config()
        for theme in PUBLIC_THEMES:
            self._public(*theme)
        self._public_procedure()
        self._translations()
        for audience in INTERNAL:
            for kind in TYPES:
                self._internal(audience, kind)
        for audience in ("citizen", "agent-l1"):
            self._not_today(audience)
        self._for_nobody()

    # ---- kb.yaml ----

    def _names(self, base, where, readers):
        return dumped({lang: f"{base} {self.words.secret(where, readers)}" for lang in ("it", "en")})

    def _config(self):
        everybody = readers_of(("citizen",))
        self.categories = [("pagamenti", everybody, "name: {it: Pagamenti, en: Payments}\n    description: {it: Pagare gli avvisi., en: Paying.}\n"
                            "    service: banco\n    group: primo\n    fields: [email, description]\n    order: 1"),
                           ("accesso", everybody, "name: {it: Accesso, en: Login}\n    description: {it: Entrare., en: Getting in.}\n"
                            "    service: banco\n    group: primo\n    fields: [email, device]\n    order: 2")]
        self.groups = [("primo", everybody, "name: {it: Primo livello, en: First level}\n    level: 1\n    service: banco")]
        self.fields = [(key, everybody, f"label: {{it: {key}}}\n    why: {{it: Serve.}}\n    validate: {check}\n    max: {max}\n    keep: 90d")
                       for key, check, max in (("email", "email", 120), ("device", "text", 80), ("description", "text", 2000))]
        self.synonyms = [(everybody, ["cellulare", "telefonino", "telefono"]), (everybody, ["rimborso", "restituzione"])]
        self.bodies = []
        for audience in INTERNAL:
            self._config_of(audience, readers_of((audience,)))

    def _config_of(self, audience, readers):
        word = lambda what, who=readers: self.words.secret(f"kb.yaml {what} of {audience}", who)
        handed = readers | {"agent-l1", "agent-l2"}  # agents hand tickets on to any group
        group, field, body, category = (word(what + " key", handed if what == "group" else readers) for what in ("group", "field", "body", "category"))
        self.keys[audience] = category, group, field, body
        self.groups.append((group, handed, f"name: {self._names('Gruppo', 'group name', handed)}\n    level: 2\n    service: banco"))
        self.fields.append((field, readers, f"label: {self._names('Campo', 'field label', readers)}\n    why: {self._names('Per', 'field why', readers)}\n"
                            f"    validate: choice\n    options: [Uno {word('option')}, Due {word('option')}]\n    max: 60\n    keep: 90d"))
        self.bodies.append((body, readers, f"name: {self._names('Ente', 'body name', readers)}\n    contact: {self._names('Chiama', 'body contact', readers)}"))
        self.categories.append((category, readers, f"name: {self._names('Interno', 'category name', readers)}\n"
                                f"    description: {self._names('Cose di', 'category description', readers)}\n    service: banco\n    group: {group}\n"
                                f"    fields: [email, {field}]\n    order: {10 + AUDIENCES.index(audience)}"))
        self.synonyms.append((readers, [word("synonym"), word("synonym"), "registro " + word("synonym")]))

    def of_audience(self, audience):
        """Keys of category, group, field and body that only readers of this audience's content have."""
        return self.keys[audience]

    # ---- articles ----

    def _add(self, id, lang, category, audiences, kind, title, body, more=(), file=None, status="published", shown=None, filed=None,
             audience_yaml=None):
        readers = readers_of(audiences)
        shown = readers if shown is None else shown
        filed = readers if filed is None else filed
        names = lambda who: "[" + ", ".join(who) + "]"
        front = [("id", id, filed), ("type", kind, filed), ("title", json.dumps(title, ensure_ascii=False), filed), ("category", category, filed),
                 ("audience", names(audiences) if audience_yaml is None else audience_yaml, filed), ("status", status, filed),
                 ("updated", "2026-10-01", filed), ("review_by", "2028-10-01", filed), *more]
        self.articles.append(Article(id, lang, category, shown, filed, front, body, file or id))

    def _block(self, audience, where, form="plain", within=None):
        """A block quote for one audience, in one of the places where Markdown allows it."""
        readers = readers_of((audience,)) & readers_of(within or AUDIENCES)
        w = lambda: self.words.secret(f"{where}, block {form} of {audience}", readers)
        text = {
            "plain": lambda: f"> [!{audience}]\n> Cerca nel registro {w()} e annota {w()}.",
            "heading": lambda: f"> [!{audience}]\n> ### Controllo {w()}\n> Apri il pannello {w()}.",
            "table": lambda: f"> [!{audience}]\n> | voce {w()} | valore |\n> | --- | --- |\n> | soglia | {w()} |",
            "list": lambda: f"> [!{audience}]\n> - primo {w()}\n> - secondo {w()}\n>   - terzo {w()}",
            "nested": lambda: f"> [!{audience}]\n> Fuori {w()}.\n>\n> > Dentro {w()}.",
            "code": lambda: f"> [!{audience}]\n> ```\n> {w()} --forza\n> ```",
            "lazy": lambda: f"> [!{audience}]\n> Comincia {w()} e\nva avanti {w()} senza segno.",
            "link": lambda: f"> [!{audience}]\n> Vedi [il manuale {w()}](https://intranet.example/{w()} \"{w()}\") e ![{w()}](/img/{w()}.png).\n>\n"
                            f"> [rif-{w()}]: https://intranet.example/{w()}",
            "item": lambda: f"- voce per tutti\n\n  > [!{audience}]\n  > Voce {w()} riservata.\n- altra voce",
            "comment": lambda: f"<!-- da rivedere {self.words.secret(where + ', comment', NOBODY)} -->",
        }[form]()
        everyone = readers_of(within or ("citizen",))
        # What stands around it, or is nobody's, is not taken away with it.
        if form == "item":
            return [(text, readers), (INSTEAD + "- voce per tutti\n\n- altra voce", everyone - readers)]
        return [(text, NOBODY if form == "comment" else readers)]

    def _public(self, id, title, question, answer):
        n = len(self.articles)
        word = self.words.open()
        self.open_words[id] = word
        forms = ("plain", "heading", "table", "list", "nested", "code", "lazy", "link", "item", "comment")
        body = [(f"{answer} Il riferimento è {word}.", AUDIENCES)]
        for k, audience in enumerate(INTERNAL):
            body += self._block(audience, id, forms[(n + k) % len(forms)])
        body += [("## Se non basta\n\nScrivi all'assistenza con la data del fatto.", AUDIENCES)]
        body += self._block(INTERNAL[n % len(INTERNAL)], id, forms[(n + 5) % len(forms)])
        body += [("Poi riprova dopo un'ora.", AUDIENCES)]
        everybody = readers_of(("citizen",))
        self._add(id, "it", ("pagamenti", "accesso")[n % 2], ("citizen",), "qa", title, body,
                  [("questions", f"[{question}, aiuto {word}]", everybody), ("keywords", f"[{word}]", everybody), ("owner", "team-aperto", everybody),
                   ("related", self._related(everybody), everybody)])

    def _related(self, everybody):
        return "[procedura-aperta, tradotta-solo-it]"

    def _public_procedure(self):
        everybody = readers_of(("citizen",))
        word = self.words.open()
        self.open_words["procedura-aperta"] = word
        body = [(f"Procedura {word} per tornare nell'applicazione.", AUDIENCES),
                ("## Guarda il messaggio\n\nChe cosa vedi?", AUDIENCES)]
        steps = []
        for audience in ("agent-l1", "agent-l2"):
            readers = readers_of((audience,))
            heading = self.words.secret(f"procedura-aperta, step of {audience}", readers)
            label = self.words.secret(f"procedura-aperta, choice of {audience}", readers)
            body.append((f"> [!{audience}]\n> Chiedi il codice {self.words.secret('procedura-aperta, step text', readers)}.", readers))
            steps.append((f"> [!{audience}]\n> ## Passo {heading}\n> Apri {self.words.secret('procedura-aperta, inner step', readers)}.\n>\n"
                          f"> - [Avanti {label}](#guarda-il-messaggio)", readers))
        body += [("- [Un errore](#errore)\n- [Niente](#niente)", AUDIENCES), ("## Errore\n\nChiudi e riapri l'applicazione.", AUDIENCES),
                 steps[0], ("## Niente\n\nControlla la connessione.", AUDIENCES), steps[1],
                 ("## Alla fine\n\nRipeti l'accesso.", AUDIENCES)]
        self._add("procedura-aperta", "it", "accesso", ("citizen",), "procedure", "L'applicazione non si apre", body,
                  [("questions", f"[l'applicazione non parte, guida {word}]", everybody)])

    def _translations(self):
        """Of these only one language is for everybody."""
        for lang, other, id in (("it", "en", "tradotta-solo-it"), ("en", "it", "tradotta-solo-en")):
            everybody, agents = readers_of(("citizen",)), readers_of(("agent-l1",))
            word = self.words.open()
            self.open_words[id] = word
            self._add(id, lang, "pagamenti", ("citizen",), "qa", f"Fattura {word}" if lang == "it" else f"Invoice {word}",
                      [("La fattura arriva per posta." if lang == "it" else "The invoice comes by post.", AUDIENCES)],
                      [("questions", f"[fattura {word}]" if lang == "it" else f"[invoice {word}]", everybody)])
            w = lambda what: self.words.secret(f"{id} in {other}, {what}", agents)
            self._add(id, other, "pagamenti", ("agent-l1",), "qa", f"Altra {w('title')}", [(f"Solo per operatori: {w('body')}.", agents)],
                      [("questions", f"[domanda {w('question')}]", agents), ("keywords", f"[{w('keyword')}]", agents)])

    def _front_of(self, audience, id, readers, kind, filed=None, found_by=None):
        category, group, field, body = self.of_audience(audience) if audience != "citizen" else ("pagamenti", "primo", "email", None)
        w = lambda what: self.words.secret(f"{id}, {what}", found_by if found_by and what == "question" else readers, filed)
        who = readers if filed is None else filed
        more = [("questions", f"[come apro la pratica {w('question')}, dove sta il modulo {w('question')}]", who),
                ("keywords", f"[{w('keyword')}, sigla {w('keyword')}]", who), ("codes", f"[ERR_{w('code').upper()}]", who),
                ("owner", f"team-{w('owner')}", who), ("reviewed_by", f"Ada {w('reviewed_by')}", who),
                ("source", f"['https://intranet.example/{w('source')}']", who),
                ("window", f"{{from: data {w('window')}, wait: 3d, until: 120d}}", who),
                ("ticket", f"{{group: {group}, fields: [{field}]}}", who), ("competence", body, who)]
        if kind == "notice":
            more += [("starts", "2026-01-01T08:00:00+01:00", who), ("ends", "2036-01-01T08:00:00+01:00", who),
                     ("covers", f"{{articles: [avviso-scaduto], categories: [pagamenti, {category}], codes: [ERR_{w('covered code').upper()}]}}", who)]
        return category, more

    def _body_of(self, id, kind, readers, filed=None):
        w = lambda what: self.words.secret(f"{id}, {what}", readers, filed)
        who = readers if filed is None else filed
        parts = [f"Apri il gestionale {w('body')} e cerca la pratica del pagamento. Vedi anche avviso scaduto.",
                 f"| voce | valore |\n| --- | --- |\n| soglia | {w('table')} |",
                 f"![schema {w('image text')}](/img/{w('image')}.png) e [guida {w('link text')}](https://intranet.example/{w('link')} \"{w('link title')}\")",
                 f"    comando --{w('code')}"]
        if kind == "procedure":
            first, second = w("step"), w("step")
            parts += [f"## Passo {first}\n\nLeggi {w('step text')}.\n\n- [Sì {w('choice')}](#passo-{second})\n- [No {w('choice')}](#fine)",
                      f"## Passo {second}\n\nScrivi {w('step text')}.", f"## Fine\n\nChiudi {w('step text')}."]
        return [(part, who) for part in parts]

    def _internal(self, audience, kind):
        readers = readers_of((audience,))
        name = self.words.secret(f"id of a {kind} of {audience}", readers)
        id = f"{kind}-{name}"
        category, more = self._front_of(audience, id, readers, kind)
        body = self._body_of(id, kind, readers)
        if audience in ("creditor", "agent-l1"):  # what others of its readers may not see
            body += self._block("agent-l2", id, "plain", (audience,))
        more.append(("related", f"[avviso-scaduto{', ' + self.internal_ids(audience)[0] if self.internal_ids(audience) else ''}]", readers))
        self._add(id, "it", category, (audience,), kind, f"Il registro {self.words.secret(id + ', title', readers)} per il pagamento scaduto", body, more)
        self._point_at(id, readers)

    def _point_at(self, id, readers):
        """Articles for everybody name it as related; whoever may not read it knows nothing of that."""
        article = self.articles[len([a for a in self.articles if a.readers != readers_of(("citizen",))]) % len(PUBLIC_THEMES)]
        key, value, who = article.front[-1]
        if key == "related" and isinstance(value, str):
            article.front[-1] = (key, value[:-1] + ", " + id + "]", who)

    def internal_ids(self, audience):
        return [a.id for a in self.articles if a.readers == readers_of((audience,))]

    def ids(self):
        return sorted({a.id for a in self.articles})

    def _special(self, name, audience, more, **how):
        """An article of which nothing is shown to anybody today."""
        readers = readers_of((audience,)) if audience else NOBODY
        filed, found_by = how.pop("filed", NOBODY), how.pop("found_by", None)
        id = f"{name}-{self.words.secret(f'id of {name} for {audience}', NOBODY, filed)}"
        category, front = self._front_of(audience or "citizen", id, NOBODY, "qa", filed, found_by)
        self._add(id, "it", category, (audience,) if audience else (), "qa", f"Fascicolo {self.words.secret(id + ', title', found_by or NOBODY, filed)}",
                  self._body_of(id, "procedure", NOBODY, filed), front + [(k, v, filed) for k, v in more], shown=NOBODY, filed=filed, **how)
        return id, readers

    def _not_today(self, audience):
        """found_by: titles and questions of what has a successor go on finding that, and a slip in them is corrected."""
        readers = readers_of((audience,))
        self._special("bozza", audience, [], status="draft")
        self._special("ritirata", audience, [], status="retired", filed=readers)
        self._special("sostituita", audience, [("replaced_by", "avviso-scaduto")], status="retired", filed=readers, found_by=readers)
        self._special("futura", audience, [("valid_from", self.day(30))], filed=readers)
        self._special("passata", audience, [("valid_until", self.day(-30))], filed=readers)
        self._special("superata", audience, [("valid_until", self.day(-30)), ("replaced_by", "ricevuta-persa")], filed=readers, found_by=readers)

    def _for_nobody(self):
        self._special("muta", None, [], audience_yaml="")
        self._special("vuota", None, [], audience_yaml="[]")
        self._special("ignota", None, [], audience_yaml="[agent-l9]")
        self._special("storta", None, [], audience_yaml="{citizen: yes")
        self._special("mista", None, [], audience_yaml="[citizen, agent-l9]")
        for name, marker in (("maiuscola", "[!AGENT-L1]"), ("sconosciuta", "[!agent-l9]"), ("distratta", "[agent-l1]")):
            id, _ = self._special(name, "citizen", [])
            self.articles[-1].body.append((f"> {marker}\n> Riservato {self.words.secret(id + ', bad marker', NOBODY)}.", NOBODY))
        word = lambda what: self.words.secret(f"edit that waits, {what}", NOBODY)
        waiting = self.articles[0]
        front = [(k, json.dumps(f"Avviso {word('title')}") if k == "title" else f"[attesa {word('question')}]" if k == "questions" else v, NOBODY)
                 for k, v, _ in waiting.front if k != "related"]
        self.articles.append(Article(waiting.id, "it", waiting.category, NOBODY, NOBODY, front, [(f"Testo {word('body')}.", NOBODY)],
                                     waiting.file + ".draft"))

    # ---- writing ----

    def yaml(self, reader=None):
        sees = lambda who: reader is None or reader in who
        rows = lambda items: "".join(f"  {key}:\n    {text}\n" for key, who, text in items if sees(who)) or "  {}\n"
        audiences = "".join(f"  {a}:\n    name: {{it: {a}}}\n    reads: [{', '.join(READS[a])}]\n" for a in AUDIENCES)
        synonyms = "".join(f"    - [{', '.join(words)}]\n" for who, words in self.synonyms if sees(who))
        bodies = rows(self.bodies)
        return ("service:\n  name: {it: Banco di prova, en: Test desk}\nlanguages: [it, en]\ntimezone: Europe/Rome\nanswer_precision: 0.8\n"
                f"resolved_window: 24h\naudiences:\n{audiences}services:\n  banco:\n    name: {{it: Banco, en: Desk}}\n    hours: sempre\n"
                "hours:\n  sempre:\n    mon-fri: \"08:00-20:00\"\n    sat-sun: \"08:00-13:00\"\nholidays: [01-01]\n"
                f"categories:\n{rows(self.categories)}groups:\n{rows(self.groups)}fields:\n{rows(self.fields)}"
                + (f"bodies:\n{bodies}" if bodies.strip() != "{}" else "") + f"synonyms:\n  it:\n{synonyms}")

    def write(self, folder, reader=None):
        """All of it, or what one audience would have if there were nothing else."""
        folder.mkdir(parents=True)
        (folder / "kb.yaml").write_text(self.yaml(reader), encoding="utf-8")
        for article in self.articles:
            if reader is not None and reader not in article.filed:
                continue
            path = folder / article.lang / article.category / (article.file + ".md")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self._known_to(article, reader), encoding="utf-8")
        return folder

    def _known_to(self, article, reader):
        text = article.text(reader)
        if reader is None:
            return text
        hidden = {a.id for a in self.articles} - {a.id for a in self.articles if reader in a.filed}
        lines = []
        for line in text.split("\n"):
            if line.startswith("related: ["):
                kept = [id for id in line[len("related: ["):-1].split(", ") if id not in hidden]
                line = f"related: [{', '.join(kept)}]"
            lines.append(line)
        return "\n".join(lines)
