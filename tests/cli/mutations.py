"""Mistakes as editors make them, one function a rule of the linter: each changes one article (or kb.yaml) of a copy of kb/.

A mistake takes an article that no other has been made in, so that in one copy each rule has its own. `made` says where its
finding must be: rule, file, line (None where the line is a matter of taste).
"""

import os
import re
from collections import namedtuple

Mistake = namedtuple('Mistake', 'rule file line partner')

MISTAKES = {}

HARD = {
    'it': "Nell'ambito delle disposizioni regolamentari precedentemente richiamate, l'amministrazione responsabile del "
    'procedimento provvede, compatibilmente con le disponibilità organizzative, agli adempimenti propedeutici al '
    "riconoscimento dell'agevolazione, fermo restando che l'incompletezza della documentazione presentata determina "
    "l'inammissibilità della domanda, salvo che il richiedente provveda alla regolarizzazione entro il termine perentorio "
    "indicato nella comunicazione trasmessa dall'ufficio territorialmente competente.",
    'en': 'Notwithstanding considerations regarding administrative jurisdictional competencies, beneficiaries '
    'necessitating reimbursement authorisation must unequivocally demonstrate documentary eligibility, constituting '
    'irrevocable acknowledgement of organisational responsibilities regarding electronic identification '
    'infrastructures, interoperability specifications, reconciliation methodologies, notification procedures, '
    'verification mechanisms, accountability obligations, confidentiality requirements, intermediary relationships, '
    'supplementary documentation, retrospective compensation and institutional communication.',
    'de': 'Unbeschadet der vorgenannten Verwaltungsvorschriften obliegt den antragstellenden Personen die '
    'ordnungsgemäße Vervollständigung der Erstattungsunterlagen, wobei die Unvollständigkeit der eingereichten '
    'Dokumentation die Unzulässigkeit des Erstattungsantrages nach sich zieht, sofern nicht die nachträgliche '
    'Berichtigung innerhalb der in der Benachrichtigung angegebenen Ausschlussfrist vorgenommen wird.',
}


class Article:
    """One file of the copy, and what the mistakes look for in it."""

    def __init__(self, path, text):
        self.path, self.text = path, text
        self.lang, self.category, name = path.split('/')
        self.id = name[: -len('.md')]
        self.head = text.split('\n---\n', 1)[0] + '\n'
        self.body_line = self.head.count('\n') + 2

    def field(self, key):
        found = re.search(rf'^{key}: *(.*)$', self.head, re.M)
        return found.group(1) if found else None

    def has(self, *keys):
        return any(self.field(key) is not None for key in keys)

    def line(self, start):
        """The line that starts so."""
        return next(n for n, line in enumerate(self.text.split('\n'), 1) if line.startswith(start))

    def set(self, key, value):
        """The text with the field, in its place or as the last of the front matter."""
        if self.has(key):
            return re.sub(rf'^{key}: *.*$', lambda _: f'{key}: {value}', self.text, count=1, flags=re.M)
        return self.text.replace('\n---\n', f'\n{key}: {value}\n---\n', 1)

    def without(self, key):
        return re.sub(rf'^{key}:.*\n(?:(?: |- ).*\n)*', '', self.text, count=1, flags=re.M)

    def with_body(self, body):
        return self.text.split('\n---\n', 1)[0] + '\n---\n\n' + body


class Copy:
    """The copy of a knowledge base that mistakes are made in."""

    def __init__(self, folder, rng):
        self.folder, self.rng = folder, rng
        self.articles = {}
        for lang in ('it', 'en', 'de'):
            for root, _, names in sorted(os.walk(os.path.join(folder, lang))):
                for name in sorted(names):
                    path = os.path.relpath(os.path.join(root, name), folder)
                    self.articles[path] = Article(path, self.read(path))
        self.free = sorted(self.articles)
        self.touched = set()
        named = '\n'.join(a.text for a in self.articles.values())
        self.named = set(re.findall(r'\]\(([\w.-]+)(?:#[^)]*)?\)', named)) | set(
            word for row in re.findall(r'^(?:related|replaced_by): *(.*)$', named, re.M) for word in re.findall(r'[\w.-]+', row)
        )

    def read(self, path):
        with open(os.path.join(self.folder, path), encoding='utf-8') as file:
            return file.read()

    def write(self, path, text):
        self.touched.add(path)
        os.makedirs(os.path.dirname(os.path.join(self.folder, path)), exist_ok=True)
        with open(os.path.join(self.folder, path), 'wb') as file:
            file.write(text if isinstance(text, bytes) else text.encode())

    def is_alone(self, article):
        """Nobody names it and it is no part of a translation: what happens to it is seen nowhere else."""
        others = [a for a in self.articles.values() if a.id == article.id and a.path != article.path]
        return article.id not in self.named and not others

    def take(self, wanted=lambda a: True):
        """An article that nothing has happened to yet, by the seed."""
        fitting = [path for path in self.free if wanted(self.articles[path])]
        path = self.rng.choice(fitting)
        self.free.remove(path)
        return self.articles[path]

    def take_translation(self, wanted):
        """A translation, with its original: nothing else may happen to that either."""

        def original(a):
            return f'it/{a.category}/{a.id}.md'

        article = self.take(lambda a: a.lang != 'it' and original(a) in self.free and wanted(a))
        self.free.remove(original(article))
        return article

    def take_alone(self, wanted=lambda a: True):
        return self.take(lambda a: self.is_alone(a) and wanted(a))


def mistake(*rules):
    def keep(function):
        for rule in rules:
            MISTAKES[rule] = function
        return function

    return keep


def made(copy, rule, article, text, at, partner=None):
    """Write the text; the finding is where `at` starts a line (a number: that line)."""
    copy.write(article.path, text)
    line = at
    if isinstance(at, str):
        line = Article(article.path, text).line(at)
    return Mistake(rule, article.path, line, partner)


def published(a):
    return a.field('status') == 'published'


def citizens(a):
    return a.field('audience') == '[citizen]'


# ---- a field of the front matter with a wrong value: rule → key, value, and which articles it can be done to ----

FIELDS = {
    'unknown-language': ('languages', '[fr]', lambda a: not a.has('languages')),
    'yaml-syntax': ('title', 'Prova: con: due punti', None),
    'yaml-alias': ('keywords', '&parole [uno, due]', None),
    'yaml-limit': ('keywords', '[' * 14 + 'x' + ']' * 14, None),
    'wrong-type': ('keywords', 'una parola', lambda a: True),
    'bad-value': ('ended', 'forse', lambda a: not a.has('ended')),
    'bad-date': ('review_by', '2027-02-30', lambda a: True),
    'unknown-type': ('type', 'faq', lambda a: True),
    'unknown-status': ('status', 'pubblicato', lambda a: True),
    'unknown-category': ('category', 'categoria-che-manca', lambda a: True),
    'unknown-group': ('ticket', '{group: gruppo-che-manca}', lambda a: not a.has('ticket')),
    'unknown-field': ('ticket', '{fields: [campo_che_manca]}', lambda a: not a.has('ticket')),
    'unknown-body': ('competence', 'ente-che-manca', lambda a: not a.has('competence')),
    'bad-id': ('id', '"-un brutto id"', None),
    'id-file-name': ('id', 'altro-nome-{id}', None),
    'category-folder': ('category', '{other_category}', lambda a: True),
    'notice-only': ('starts', '2026-01-01T00:00:00Z', lambda a: a.field('type') != 'notice'),
    'review-overdue': ('review_by', '2020-01-01', published),
    'ended-without-successor': (
        'valid_until',
        '2020-12-31',
        lambda a: published(a) and not a.has('valid_from', 'valid_until', 'ended', 'replaced_by'),
    ),
    'broken-successor': ('replaced_by', 'articolo-che-manca', lambda a: not a.has('replaced_by')),
    'hidden-successor': ('replaced_by', 'op-l1-accesso', lambda a: citizens(a) and published(a) and not a.has('replaced_by')),
    'broken-related': ('related', '[articolo-che-manca]', lambda a: True),
}


@mistake(*FIELDS)
def wrong_field(copy, rule):
    key, value, wanted = FIELDS[rule]
    article = copy.take(wanted) if wanted else copy.take_alone()
    other = 'email-pec' if article.category != 'email-pec' else 'app-io'
    text = article.set(key, value.replace('{id}', article.id).replace('{other_category}', other))
    return made(copy, rule, article, text, f'{key}:')


@mistake('unknown-audience')
def unknown_audience(copy, rule):
    article = copy.take(lambda a: (a.field('audience') or '').startswith('['))
    return made(copy, rule, article, article.set('audience', article.field('audience')[:-1] + ', cittadin]'), 'audience:')


@mistake('outdated-translation')
def outdated_translation(copy, rule):
    article = copy.take_translation(published)
    return made(copy, rule, article, article.set('updated', '2019-01-01'), 'updated:')


@mistake('missing-translation')
def missing_translation(copy, rule):
    def lacking(a):
        return [lang for lang in ('en', 'de') if f'{lang}/{a.category}/{a.id}.md' not in copy.articles]

    article = copy.take(lambda a: a.lang == 'it' and published(a) and lacking(a))
    return made(copy, rule, article, article.set('languages', f'[{lacking(article)[0]}]'), 'languages:')


@mistake('date-order')
def date_order(copy, rule):
    article = copy.take(lambda a: not a.has('valid_from', 'valid_until'))
    text = article.text.replace('\n---\n', '\nvalid_from: 2030-01-02\nvalid_until: 2030-01-01\n---\n', 1)
    return made(copy, rule, article, text, 'valid_until:')


@mistake('unknown-key')
def unknown_key(copy, rule):
    wrong = copy.rng.choice([('owner', 'onwer'), ('review_by', 'review_on'), ('keywords', 'keyword')])
    article = copy.take(lambda a: a.has(wrong[0]))
    text = re.sub(rf'^{wrong[0]}:', wrong[1] + ':', article.text, count=1, flags=re.M)
    return made(copy, rule, article, text, wrong[1] + ':')


@mistake('duplicate-key')
def duplicate_key(copy, rule):
    article = copy.take(lambda a: a.has('owner'))
    text = article.text.replace('\n---\n', '\nowner: team-altro\n---\n', 1)
    return made(copy, rule, article, text, 'owner: team-altro')


@mistake('missing-field')
def missing_field(copy, rule):
    article = copy.take()
    return made(copy, rule, article, article.without('updated'), None)


@mistake('no-audience')
def no_audience(copy, rule):
    article = copy.take_alone()
    return made(copy, rule, article, article.without('audience'), None)


@mistake('no-source')
def no_source(copy, rule):
    article = copy.take(lambda a: published(a) and a.field('type') != 'notice' and a.has('source'))
    return made(copy, rule, article, article.without('source'), 'status:')


@mistake('unreviewed')
def unreviewed(copy, rule):
    article = copy.take(lambda a: published(a) and a.field('type') != 'notice')
    return made(copy, rule, article, article.without('reviewed_by'), 'status:')


@mistake('few-questions')
def few_questions(copy, rule):
    article = copy.take(lambda a: published(a) and a.field('type') not in ('training', 'notice') and a.has('questions'))
    text = re.sub(r'^(questions: *\n(?:  ?- .*\n){2})(?:  ?- .*\n)+', r'\1', article.text, count=1, flags=re.M)
    return made(copy, rule, article, text, None)


# ---- the file ----


@mistake('not-utf8')
def not_utf8(copy, rule):
    article = copy.take_alone()
    text = article.text.rstrip('\n').encode() + b'\nPerch\xe8 no.\n'
    copy.write(article.path, text)
    return Mistake(rule, article.path, text.count(b'\n'), None)


@mistake('too-large')
def too_large(copy, rule):
    article = copy.take_alone()
    return made(copy, rule, article, article.text + 'parola ' * 200000, 1)


@mistake('merge-conflict')
def merge_conflict(copy, rule):
    article = copy.take_alone()
    text = article.text.rstrip('\n') + '\n\n<<<<<<< HEAD\nUno.\n=======\nDue.\n>>>>>>> altro\n'
    return made(copy, rule, article, text, '<<<<<<< ')


@mistake('unreadable')
def unreadable(copy, rule):
    article = copy.take_alone()
    done = made(copy, rule, article, article.text, 1)
    os.chmod(os.path.join(copy.folder, article.path), 0)
    return done


@mistake('file-name')
def file_name(copy, rule):
    name = os.fsdecode(b'it/app-io/perch\xe8.md')
    copy.write(name, 'x')
    return Mistake(rule, name, 1, None)


@mistake('misplaced-file')
def misplaced_file(copy, rule):
    name = copy.rng.choice(['it/fuori-posto.md', 'fuori-posto.md', 'en/fuori-posto.md'])
    copy.write(name, 'x')
    return Mistake(rule, name, 1, None)


@mistake('front-matter')
def front_matter(copy, rule):
    article = copy.take_alone()
    return made(copy, rule, article, article.text[len('---\n') :], 1)


@mistake('duplicate-id')
def duplicate_id(copy, rule):
    article = copy.take(lambda a: a.lang == 'it' and a.category != 'sportello')
    path = f'it/sportello/{article.id}.md'
    text = re.sub(r'^type: .*', 'type: training', article.without('questions'), count=1, flags=re.M)
    text = Article(article.path, text).set('category', 'sportello').split('\n---\n', 1)[0] + '\n---\n\nUn altro testo.\n'
    copy.write(path, text)
    return Mistake(rule, path, 2, article.path)


@mistake('no-original')
def no_original(copy, rule):
    article = copy.take_translation(lambda a: True)
    path = f'{article.lang}/{article.category}/{article.id}-orfano.md'
    original = copy.articles[f'it/{article.category}/{article.id}.md']
    copy.write(original.path, original.without('languages'))  # which would miss the translation
    os.remove(os.path.join(copy.folder, article.path))
    copy.touched.add(article.path)
    copy.write(path, article.set('id', article.id + '-orfano'))
    return Mistake(rule, path, 2, None)


def title_elsewhere(copy):
    """An article's title among the questions of one that has none of its words."""

    def words(text):
        return set(re.findall(r'\w{4,}', text.lower()))

    def is_plain(a):
        return a.lang == 'it' and a.field('audience') == '[citizen]' and a.has('questions') and not a.has('valid_until')

    asked = copy.take(lambda a: is_plain(a) and len(words(a.field('title'))) >= 3 and ':' not in a.field('title'))
    title = asked.field('title')
    article = copy.take(lambda a: is_plain(a) and a.category != asked.category and not words(title) & words(a.text))
    copy.write(article.path, article.text.replace('questions:\n', f'questions:\n  - {title}\n', 1))
    return Mistake('better-elsewhere', article.path, article.line('questions:') + 1, asked.path)


# ---- the body: rule → what is added at its end, and which articles it can be done to ----

ENDINGS = {
    'heading-1': ('# Un titolo', None),
    'raw-html': ('Premi <b>qui</b>.', None),
    'image': ('![una schermata](schermata.png)', None),
    'unsafe-link': ('Premi [qui](javascript:apri).', None),
    'placeholder': ('[DA COMPLETARE: che cosa fare]', None),
    'audience-marker': ('> [!nessun-pubblico]\n> Nota.', None),
    'broken-link': ('Leggi [questo](articolo-che-manca).', None),
    'broken-anchor': ('Torna [su](#un-titolo-che-manca).', None),
    'hidden-link': ('Leggi [questo](op-l1-accesso).', citizens),
    'personal-data': ('Il conto è IT60X0542811101000000123456.', lambda a: a.lang == 'it'),
    'personal-contact': ('Scrivi a mario.bianchi@esempio.it per saperlo.', lambda a: a.lang == 'it'),
    # A module ends with its quiz, whose questions are not looked at for acronyms.
    'unexplained-acronym': ('Porta anche il modulo QZX{n}.', lambda a: published(a) and a.field('type') != 'training'),
}


@mistake(*ENDINGS)
def bad_ending(copy, rule):
    ending, wanted = ENDINGS[rule]
    article = copy.take(wanted or (lambda a: True))
    if rule == 'broken-anchor' and copy.rng.random() < 0.5:
        ending = 'Leggi [questo](op-l1-accesso#un-titolo-che-manca).' if not citizens(article) else ending
    ending = ending.replace('{n}', copy.rng.choice('WKJ'))
    text = article.text.rstrip('\n') + '\n\n' + ending + '\n'
    return made(copy, rule, article, text, text.count('\n') - ending.count('\n'))


@mistake('empty-body')
def empty_body(copy, rule):
    article = copy.take_alone()
    return made(copy, rule, article, article.text.split('\n---\n', 1)[0] + '\n---\n', None)


@mistake('readability')
def readability(copy, rule):
    article = copy.take(citizens)
    text = article.text.rstrip('\n') + '\n'
    return made(copy, rule, article, text + ('\n' + HARD[article.lang] + '\n') * 9, text.count('\n') + 2)


@mistake('procedure-steps')
def procedure_steps(copy, rule):
    article = copy.take(lambda a: a.field('type') == 'qa' and not re.search(r'^## ', a.text, re.M))
    return made(copy, rule, article, article.set('type', 'procedure'), None)


@mistake('procedure-missing-step')
def procedure_missing_step(copy, rule):
    article = copy.take(lambda a: a.field('type') == 'procedure' and re.search(r'^- \[[^]]*\]\(#', a.text, re.M))
    text = re.sub(r'^(- \[[^]]*\]\(#)', r'\1passo-che-manca-', article.text, count=1, flags=re.M)
    return made(copy, rule, article, text, text[: text.index('passo-che-manca-')].count('\n') + 1)


@mistake('procedure-unreachable')
def procedure_unreachable(copy, rule):
    behind = re.compile(r'(^- \[[^]]*\]\(#[^)]*\)\n)\n(?=## )', re.M)
    article = copy.take(lambda a: a.field('type') == 'procedure' and behind.search(a.text))
    text = behind.sub(r'\1\n## Passo dimenticato\n\nQui non arriva nessuno.\n\n', article.text, count=1)
    return made(copy, rule, article, text, '## Passo dimenticato')


@mistake('procedure-no-end')
def procedure_no_end(copy, rule):
    article = copy.take_alone()
    text = Article(article.path, article.set('type', 'procedure')).with_body(
        '## Uno\n\n- [Avanti](#due)\n\n## Due\n\n- [Indietro](#uno)\n'
    )
    return made(copy, rule, article, text, '## Uno')


# ---- notices ----


@mistake('notice-times')
def notice_times(copy, rule):
    article = copy.take(lambda a: a.field('type') == 'qa')
    return made(copy, rule, article, article.set('type', 'notice'), None)


@mistake('broken-covers')
def broken_covers(copy, rule):
    article = copy.take(lambda a: a.field('type') == 'qa')
    times = 'starts: 2026-01-01T00:00:00Z\nends: 2026-01-02T00:00:00Z'
    text = article.set('type', 'notice').replace('\n---\n', f'\n{times}\ncovers: {{articles: [manca]}}\n---\n', 1)
    return made(copy, rule, article, text, 'covers:')


# ---- training ----


def training(copy):
    return copy.take(lambda a: a.field('type') == 'training' and a.field('audience') == '[agent-l1, agent-l2]' and '\n## Quiz\n' in a.text)


def fresh(copy, rule, audience='agent-l1, agent-l2', status='published'):
    """An article that nothing else happens to, and its id."""
    name = f'prova-{rule}'
    copy.write(f'it/operatori/{name}.md', f'---\nid: {name}\ntype: qa\ntitle: Prova {rule}\ncategory: operatori\naudience: [{audience}]\n'
               f'status: {status}\nupdated: 2026-11-25\n---\n\nUna prova di {rule}.\n')
    return name


def with_article(article, name):
    """The text with one more article, as the first of its module."""
    return article.text.replace('\narticles:\n', f'\narticles:\n  - {name}\n', 1)


@mistake('training-only')
def training_only(copy, rule):
    article = copy.take(lambda a: a.field('type') == 'qa')
    return made(copy, rule, article, article.set('articles', f'[{article.id}]'), 'articles:')


@mistake('module-articles')
def module_articles(copy, rule):
    article = training(copy)
    wrong = copy.rng.choice(('articolo-che-manca', article.id))
    text = with_article(article, wrong)
    return made(copy, rule, article, text, article.line('articles:') + 1)


@mistake('module-hidden')
def module_hidden(copy, rule):
    article = copy.take(lambda a: a.field('type') == 'training' and a.field('audience') == '[agent-l1, agent-l2]')
    text = with_article(article, fresh(copy, rule, 'agent-l2'))
    return made(copy, rule, article, text, article.line('articles:') + 1)


@mistake('quiz-form')
def quiz_form(copy, rule):
    """No choice is right, or there is one only, or nothing explains them."""
    article = training(copy)
    head, quiz = article.text.split('\n## Quiz\n', 1)
    how = copy.rng.randrange(3)
    if how == 0:
        quiz = quiz.replace('- [x] ', '- [ ] ', 1)
    elif how == 1:
        quiz = re.sub(r'- \[ \] .*\n', '', quiz, count=2)
    else:
        quiz = re.sub(r'(- \[.\] .*\n)\n[^-#\n][^\n]*\n', r'\1', quiz, count=1)
    return made(copy, rule, article, f'{head}\n## Quiz\n{quiz}', head.count('\n') + 4)


@mistake('quiz-open')
def quiz_open(copy, rule):
    article = training(copy)
    text = article.text.replace('\n## Quiz\n', '\n- [x] Il gestore\n\n## Quiz\n', 1)
    return made(copy, rule, article, text, '- [x] Il gestore')


@mistake('quiz-article')
def quiz_article(copy, rule):
    article = training(copy)
    name = fresh(copy, rule)
    text = article.text + f'\n### Che cosa fai?\n\n- [x] Cerco\n- [ ] Aspetto\n\nLeggi: [la prova]({name}).\n'
    return made(copy, rule, article, text, '### Che cosa fai?')


@mistake('quiz-missing', 'module-dropped')
def quiz_missing(copy, rule):
    article = training(copy)
    status = copy.rng.choice(('retired', 'draft')) if rule == 'module-dropped' else 'published'
    return made(copy, rule, article, with_article(article, fresh(copy, rule, status=status)), article.line('articles:') + 1)


# ---- two articles ----


def two(copy, wanted):
    """Two articles of one language, in the order of their paths."""
    first = copy.take(wanted)
    second = copy.take(lambda a: wanted(a) and a.lang == first.lang)
    return sorted((first, second), key=lambda a: a.path)


def in_force(a):
    return published(a) and not a.has('valid_from', 'valid_until')


@mistake('duplicate-question')
def duplicate_question(copy, rule):
    first, second = two(copy, lambda a: re.search(r'^questions:\n', a.text, re.M))
    question = re.search(r'^questions:\n(  ?- .*)\n', first.text, re.M).group(1)
    text = second.text.replace('questions:\n', f'questions:\n{question}\n', 1)
    return made(copy, rule, second, text, second.line('questions:') + 1, first.path)


@mistake('waiting-edit')
def waiting_edit(copy, rule):
    """An edit that was begun before the published text changed, or that calls itself published."""
    article = copy.take(lambda a: published(a) and a.has('updated'))
    path = article.path[: -len('.md')] + '.draft.md'
    if copy.rng.random() < 0.5:
        copy.write(path, article.text)
        return Mistake(rule, path, article.line('status:'), None)
    text = Article(article.path, article.set('status', 'draft')).set('updated', '2020-01-01')
    copy.write(path, text)
    return Mistake(rule, path, article.line('updated:'), None)


@mistake('near-duplicate')
def near_duplicate(copy, rule):
    def long(a):
        return in_force(a) and len(a.text.split('\n---\n', 1)[1].split()) > 60

    second = copy.take_alone(long)
    first = copy.take(lambda a: long(a) and a.lang == second.lang and a.field('audience') == second.field('audience'))
    text = second.with_body(first.text.split('\n---\n', 1)[1].lstrip('\n') + '\nBuon lavoro.\n')
    copy.touched.add(first.path)
    later = max(first.path, second.path)
    done = made(copy, rule, second, text, None, first.path)
    return done._replace(file=later, partner=min(first.path, second.path), line=Article(later, copy.read(later)).line('title:'))


def other_amount(copy, rule):
    """The same sentence with another amount in two articles."""
    first, second = two(copy, lambda a: in_force(a) and a.lang == 'it')
    number = copy.rng.randrange(100, 400)
    sentence = 'Il custode apre il cancello del deposito storico dopo {} minuti.\n'
    copy.write(first.path, first.text.rstrip('\n') + '\n\n' + sentence.format(number))
    text = second.text.rstrip('\n') + '\n\n' + sentence.format(number + 1)
    return made(copy, rule, second, text, text.count('\n'), first.path)


NUMBER = re.compile(r'(?<![\w#/(.,+:-])(\d{1,4})(?= [a-z])')


def other_figure_in_a_translation(copy, rule):
    """A number of a translation's text is another than the original's."""

    def lines_with_figures(a):
        return [
            n
            for n, line in enumerate(a.text.split('\n'), 1)
            if n >= a.body_line and NUMBER.search(line) and not re.search(r'\]\(|`|^#|\|', line)
        ]

    article = copy.take_translation(lambda a: in_force(a) and lines_with_figures(a))
    lines, at = article.text.split('\n'), lines_with_figures(article)[0]
    lines[at - 1] = NUMBER.sub('977', lines[at - 1], count=1)
    return made(copy, rule, article, '\n'.join(lines), at, f'it/{article.category}/{article.id}.md')


def other_answer(copy, rule):
    """Two articles are asked the same and say other numbers of the same thing."""
    first, second = two(copy, lambda a: in_force(a) and citizens(a) and a.lang == 'it' and a.has('questions'))
    number = copy.rng.randrange(20, 40)
    texts = []
    for article, question, answer in (
        (first, 'quante lanterne servono per illuminare il molo', f'Appendi {number} lanterne.'),
        (second, 'per illuminare il molo, quante lanterne servono?', f'Bastano sempre {number + 1} lanterne piccole.'),
    ):
        text = article.text.replace('questions:\n', f'questions:\n  - "{question}"\n', 1)
        texts.append(text.rstrip('\n') + f'\n\n{answer}\n')
    copy.write(first.path, texts[0])
    return made(copy, rule, second, texts[1], None, first.path)


@mistake('contradiction')
def contradiction(copy, rule):
    kinds = [other_amount, other_figure_in_a_translation, other_answer]
    return kinds[copy.rng.randrange(len(kinds))](copy, rule)


# ---- kb.yaml ----


def in_yaml(copy, rule, pattern, replacement, marker):
    text = copy.read('kb.yaml')
    text, count = re.subn(pattern, replacement, text, count=1, flags=re.M)
    assert count, rule
    copy.write('kb.yaml', text)
    return (rule, marker)


@mistake('unknown-service')
def unknown_service(copy, rule):
    key = copy.rng.choice(['accesso-cie', 'email-pec', 'bonus-vacanze'])
    pattern = rf'(^  {key}:\n(?:    .*\n)*?)    service: .*\n'
    return in_yaml(copy, rule, pattern, r'\1    service: servizio-che-manca\n', 'service: servizio-che-manca')


@mistake('unknown-hours')
def unknown_hours(copy, rule):
    return in_yaml(copy, rule, r'^    hours: .*\n', '    hours: orario-che-manca\n', 'hours: orario-che-manca')


@mistake('unknown-rule')
def unknown_rule(copy, rule):
    wrong = copy.rng.choice(['readabilty', 'broken-lnk', 'duplicate-ids'])
    return in_yaml(copy, rule, r'^  rules:\n', f'  rules:\n    {wrong}: off\n', f'{wrong}:')


@mistake('unused-name')
def unused_name(copy, rule):
    section, value = copy.rng.choice(
        [('bodies', '{name: Mai nominato}'), ('hours', '{mon: closed}'), ('fields', '{validate: text}')]
    )
    return in_yaml(copy, rule, rf'^{section}:\n', f'{section}:\n  mai-usato: {value}\n', 'mai-usato:')
