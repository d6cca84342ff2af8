"""Learning from use: what people confirmed becomes a patch that adds phrasings, and nothing else does."""

import json
import os
import random
import re
import shutil
import sqlite3
import subprocess
import unittest

from program import BIN, KB_YAML, NO, OK, OTP, USAGE, Case, Service, article, read, run, small_kb, write

NOON = 1795521600  # 2026-11-24T12:00:00Z
DAY = 86400
AGENTS = article(
    'interna', 'Procedura riservata', 'Chiama il reparto.', audience='agent-l1', questions=['scalata interna']
)
BOTH = article('comune', 'Chi ci può chiamare', 'Il reparto.', audience='citizen, agent-l1', questions=['chi chiama'])
FILES = {
    'it/accesso/otp.md': OTP,
    'it/accesso/interna.md': AGENTS,
    'it/accesso/comune.md': BOTH,
    'it/accesso/bozza.md': article('bozza', 'Ancora da scrivere', 'Poco.').replace('published', 'draft'),
    'it/accesso/finito.md': article('finito', 'Iniziativa finita', 'Fu.', valid_until='2020-01-01'),
    'it/pagamento/pagato.md': article('pagato', 'Avviso già pagato', 'Cerca la ricevuta.', 'pagamento'),
    'en/accesso/otp.md': article('otp', 'The code does not come', 'Wait five minutes.', questions=['no code']),
}


class Store:
    """A data folder with conversations as the service would have stored them."""

    def __init__(self, folder):
        self.folder = folder
        done = run('token', 'add', '--data', folder, '--subject', 'x', '--audience', 'citizen')
        assert done.code == OK, str(done)
        self.db = sqlite3.connect(os.path.join(folder, 'store.sqlite'))
        self.count = 0

    def conversation(self, *events, audience='citizen', at=NOON, channel='web'):
        """Events: (question, article or decision[, more columns]), or True / False for what was said of the answer."""
        self.count += 1
        self.db.execute(
            'INSERT INTO conversations (number, id, channel, audience, began_utc_s, last_utc_s, last_seq) VALUES (?,?,?,?,?,?,?)',
            (self.count, f'c{self.count}', channel, audience, at, at, len(events)),
        )
        for seq, event in enumerate(events, 1):
            if isinstance(event, bool):
                row = (self.count, seq, at, int(event))
                self.db.execute('INSERT INTO feedback VALUES (?,?,?,?,NULL)', row)
                continue
            question, what, more = event[0], event[1], dict(*event[2:])
            decision = what if what in ('clarify', 'ticket', 'none') else 'answer'
            row = {
                'conversation': self.count,
                'seq': seq,
                'at_utc_s': at,
                'question': question,
                'decision': decision,
                'reason': {'clarify': 'choices', 'ticket': 'person', 'none': 'thanks'}.get(decision, 'sure'),
                'confidence': 0.9,
                'article': what if decision == 'answer' else None,
                'lang': 'it',
                **more,
            }
            self.db.execute(
                f'INSERT INTO turns ({",".join(row)}) VALUES ({",".join("?" * len(row))})', list(row.values())
            )
        return self

    def solved(self, question, article='otp', times=2, lang='it', **more):
        for _ in range(times):
            self.conversation((question, article, {'lang': lang}), True, **more)
        return self

    def ticket(self, article):
        """A ticket in the conversation that was stored last."""
        self.db.execute(
            'INSERT INTO tickets (secret, state, conversation, level, top_level, article, lang, created_utc_s,'
            " updated_utc_s, revision) VALUES (?, 'new', ?, 1, 1, ?, 'it', ?, ?, 1)",
            (f's{self.count}', self.count, article, NOON, NOON),
        )
        return self

    def close(self):
        self.db.commit()
        self.db.close()


class Learning(Case):
    def setUp(self):
        super().setUp()
        self.store = Store(self.path('data'))
        self.files = dict(FILES)
        self.yaml = KB_YAML

    def kb_dir(self):
        return small_kb(self.path('kb'), self.yaml, self.files)

    def learn(self, *args, code=OK):
        self.store.close()
        return self.ends(code, 'learn', '--kb', self.kb_dir(), '--data', self.path('data'), *args)

    def proposed(self, *args):
        """article: [questions]"""
        self.store.close()
        done = run('learn', '--kb', self.kb_dir(), '--data', self.path('data'), '--json', *args)
        self.assertIn(done.code, (OK, NO), str(done))
        found = {a['article']: [p['question'] for p in a['proposals']] for a in done.json()['articles']}
        self.assertEqual(done.code == OK, bool(found), str(done))
        return found

    def applied(self, patch, tool):
        """The kb folder as a tool leaves it: path: bytes."""
        folder = self.path('applied-' + tool[0])
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.path('kb'), folder)
        done = subprocess.run(tool, cwd=folder, input=patch, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(done.returncode, 0, done.stdout.decode() + patch.decode())
        self.assertNotRegex(done.stdout.decode(), 'fuzz|offset|reversed')
        found = {}
        for where, _, names in os.walk(folder):
            for name in names:
                if not name.endswith('.orig'):
                    with open(os.path.join(where, name), 'rb') as file:
                        found[os.path.relpath(os.path.join(where, name), folder)] = file.read()
        return found

    def patched(self, *args):
        """Apply the patch with git and with patch, which must agree; the files after."""
        self.store.close()
        kb = self.kb_dir()
        done = subprocess.run(
            [BIN, 'learn', '--kb', kb, '--data', self.path('data'), *args],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(os.environ, LC_ALL='en'),
        )
        self.assertEqual(done.returncode, OK, done.stderr.decode())
        by_git = self.applied(done.stdout, ['git', 'apply', '--whitespace=nowarn', '-'])
        by_patch = self.applied(done.stdout, ['patch', '-p1', '--no-backup-if-mismatch', '--binary'])
        self.assertEqual(by_git, by_patch)
        self.after = self.path('applied-git')
        return by_git

    def questions(self, path, after=None):
        """The phrasings of an article, as another reader of YAML sees them where there is one."""
        return listed(read(os.path.join(after or self.after, path)))


def listed(text):
    try:
        import yaml
    except ImportError:
        return re.findall(r'(?m)^  - (.+)$', text)
    return yaml.safe_load(text.split('\n---', 1)[0].replace('---\n', '', 1))['questions']


class What(Learning):
    def test_a_confirmed_question_is_proposed_with_its_count(self):
        self.store.solved('il telefono non mi dà il numerino')
        self.store.solved('come mai nessun numerino?', times=3, at=NOON + DAY)
        done = self.learn('--json')
        self.assertEqual(
            done.json()['articles'],
            [
                {
                    'article': 'otp',
                    'lang': 'it',
                    'file': 'it/accesso/otp.md',
                    'proposals': [
                        {
                            'question': 'come mai nessun numerino?',
                            'count': 3,
                            'variants': [{'question': 'come mai nessun numerino?', 'count': 3}],
                            'first': '2026-11-25',
                            'last': '2026-11-25',
                        },
                        {
                            'question': 'il telefono non mi dà il numerino',
                            'count': 2,
                            'variants': [{'question': 'il telefono non mi dà il numerino', 'count': 2}],
                            'first': '2026-11-24',
                            'last': '2026-11-24',
                        },
                    ],
                }
            ],
        )

    def test_nothing_confirmed_is_no_patch(self):
        self.store.conversation(('dove trovo il numerino', 'otp'))
        self.store.conversation(('dove trovo il numerino', 'otp'), False)
        self.store.conversation(('dove trovo il numerino', 'otp'), True, False)
        self.store.conversation(('dove trovo il numerino', 'ticket'), True)
        done = self.learn('--min', '1', code=NO)
        self.assertEqual(done.out, '')
        self.says(done, 'proposed: 0')

    def test_last_word_counts(self):
        self.store.conversation(('dove trovo il numerino', 'otp'), False, True)
        no = ('non ho risolto', 'ticket', {'reason': 'not-solved'})
        self.store.conversation(('dove trovo il numerino', 'otp'), True, no)
        self.assertEqual(self.proposed('--min', '2'), {})
        self.assertEqual(self.again('--min', '1'), {'otp': ['dove trovo il numerino']})

    def again(self, *args):
        done = run('learn', '--kb', self.path('kb'), '--data', self.path('data'), '--json', *args)
        return {a['article']: [p['question'] for p in a['proposals']] for a in done.json()['articles']}

    def test_thanks_in_between_are_not_the_question(self):
        self.store.conversation(('dove trovo il numerino', 'otp'), ('sì grazie', 'none'), True)
        self.assertEqual(self.proposed('--min', '1'), {'otp': ['dove trovo il numerino']})

    def test_a_no_later_takes_back_a_yes_to_the_same_article(self):
        self.store.conversation(
            ('dove trovo il numerino', 'otp'), True, ('continuo a non ricevere il numerino segreto', 'otp'), False
        )
        self.assertEqual(self.proposed('--min', '1'), {})

    def test_a_ticket_about_the_article_was_no_solution(self):
        self.store.conversation(('dove trovo il numerino', 'otp'), True).ticket('otp')
        self.store.conversation(('nessun numerino sul telefono', 'otp'), True).ticket('pagato')
        self.assertEqual(self.proposed('--min', '1'), {'otp': ['nessun numerino sul telefono']})

    def test_a_choice_that_was_tapped_answers_what_was_asked_before(self):
        title = 'Non mi arriva il codice OTP'
        offered = {'offered': 'pagato\notp'}
        self.store.conversation(('aspetto ancora il numerino', 'clarify', offered), (title, 'otp'), True)
        vague = ('numerino rotto aiuto', 'clarify', {'reason': 'too-vague'})
        self.store.conversation(vague, ('Accesso', 'clarify', offered), (title, 'otp'), True)
        self.store.conversation(('il numerino scaduto', 'clarify', {'offered': 'pagato'}), (title, 'otp'), True)
        self.assertEqual(self.proposed('--min', '1'), {'otp': ['aspetto ancora il numerino']})

    def test_what_leans_on_the_turn_before_is_not_a_phrasing(self):
        self.store.conversation(('dove trovo la ricevuta persa', 'pagato'), True, ('e il numerino?', 'otp'), True)
        self.store.conversation(('dove trovo la ricevuta persa', 'pagato'), ('numerino', 'otp'), True)
        self.store.conversation(('quale', 'clarify', {'reason': 'too-vague'}), ('numerino telefono', 'otp'), True)
        self.store.conversation(
            ('buongiorno', 'none'), ('numerino sparito', 'otp'), True
        )
        self.assertEqual(
            self.proposed('--min', '1'), {'otp': ['numerino sparito'], 'pagato': ['dove trovo la ricevuta persa']}
        )

    def test_courtesy_is_left_away(self):
        self.store.solved('Buongiorno, dove trovo il numerino? Grazie')
        self.assertEqual(self.proposed(), {'otp': ['dove trovo il numerino?']})

    def test_known_phrasings_and_titles_are_dropped(self):
        for known in ('Il codice  OTP non arriva!!', 'NON MI ARRIVA IL CODICE OTP', 'avviso gia pagato', 'chi chiama?'):
            self.store.solved(known)
        self.assertEqual(self.proposed(), {})

    def test_masks_alone_say_nothing(self):
        self.store.solved('<email>').solved('è <iban>').solved('???').solved('12345').solved('ciao').solved('cazzo')
        self.store.solved('la ricevuta di <notice-number> non compare', 'pagato')
        self.assertEqual(self.proposed(), {'pagato': ['la ricevuta di <notice-number> non compare']})

    def test_what_an_older_mask_let_through_is_masked(self):
        self.store.solved('la ricevuta di ada@example.com non compare', 'pagato')
        self.assertEqual(self.proposed(), {'pagato': ['la ricevuta di <email> non compare']})

    def test_long_messages_are_letters(self):
        self.store.solved('ricevuta ' + 'à' * 191, 'pagato').solved('ricevuta ' + 'è' * 192, 'pagato')
        self.assertEqual([len(q) for q in self.proposed()['pagato']], [200])

    def test_at_least_so_many_conversations(self):
        question = 'dove trovo il numerino segreto che manda il gestore telefonico'
        self.store.conversation((question, 'otp'), True, (question + '?', 'otp'), True)
        self.assertEqual(self.proposed(), {})
        self.assertEqual(self.again('--min', '1'), {'otp': [question]})

    def test_at_most_five_an_article(self):
        words = ['numerino', 'telefono', 'gestore', 'schermata', 'tastierino', 'operatore', 'antenna']
        for i, word in enumerate(words):
            self.store.solved(f'quale {word} serve', times=2 + i)
        found = self.proposed()['otp']
        self.assertEqual(found, [f'quale {word} serve' for word in words[:1:-1]])

    def test_days_and_language(self):
        self.store.solved('dove trovo il numerino', at=NOON).solved('numerino sparito del tutto', at=NOON + DAY)
        self.store.solved('where has my number gone', at=NOON, lang='en')
        # the last minute of the day, in Rome
        self.store.solved('quanto dura il numerino', at=NOON + 11 * 3600 - 60)
        self.store.solved('perché due numerini', at=NOON + 11 * 3600)
        self.assertEqual(
            self.proposed('--from', '2026-11-24', '--to', '2026-11-24', '--lang', 'it'),
            {'otp': ['dove trovo il numerino', 'quanto dura il numerino']},
        )
        self.assertEqual(self.again('--lang', 'en'), {'otp': ['where has my number gone']})
        self.assertEqual(
            self.again('--from', '2026-11-25', '--lang', 'it'),
            {'otp': ['numerino sparito del tutto', 'perché due numerini']},
        )

    def test_bad_calls(self):
        self.store.close()
        kb, data = self.kb_dir(), self.path('data')
        self.says(self.ends(USAGE, 'learn', '--kb', kb, '--data', data, '--from', 'ieri'), '2021-03-15')
        self.says(self.ends(USAGE, 'learn', '--kb', kb, '--data', data, '--min', '0'), 'from 1 to')
        self.says(self.ends(USAGE, 'learn', '--kb', kb), '--data')
        self.assertNotEqual(run('learn', '--kb', kb, '--data', self.path('none')).code, OK)
        self.assertFalse(os.path.exists(self.path('none')))


class Grouping(Learning):
    def test_spellings_are_one_proposal_in_the_most_frequent_form(self):
        self.store.solved('Perchè il numerino non arriva mai?', times=1)
        self.store.solved('perche il numerino non arriva mai', times=2)
        self.store.solved('perché il numerino non arriva mai!!', times=1)
        self.store.solved('perché il numerino non ariva mai', times=1)  # a slip
        done = self.learn('--json').json()['articles'][0]['proposals']
        self.assertEqual(len(done), 1)
        self.assertEqual((done[0]['question'], done[0]['count']), ('perche il numerino non arriva mai', 5))
        self.assertEqual([v['count'] for v in done[0]['variants']], [2, 1, 1, 1])

    def test_different_questions_stay_apart(self):
        self.store.solved('come blocco il numerino').solved('come cambio il numerino').solved('quanto vale il numerino')
        self.assertEqual(len(self.proposed()['otp']), 3)

    def test_a_question_with_one_word_more(self):
        """As far apart as near ones can be: all that one has more is rarer than all that both have."""
        self.store.solved('ricevuta numerino', times=1).solved('ricevuta numerino zebre', times=1)
        self.assertEqual(self.proposed(), {'otp': ['ricevuta numerino']})

    def test_two_articles_are_a_contradiction(self):
        self.store.solved('dove guardo il numerino').solved('dove guardo il numerino??', 'pagato', times=1)
        self.store.solved('quanto vale la ricevuta', 'pagato')
        self.store.close()
        done = self.ends(OK, 'learn', '--kb', self.kb_dir(), '--data', self.path('data'), '--json')
        self.says(done, 'contradictory: "dove guardo il numerino": otp (2), pagato (1)')
        self.assertEqual([a['article'] for a in done.json()['articles']], ['pagato'])
        self.assertEqual(
            done.json()['contradictory'],
            [
                {
                    'question': 'dove guardo il numerino',
                    'lang': 'it',
                    'articles': [{'article': 'otp', 'count': 2}, {'article': 'pagato', 'count': 1}],
                }
            ],
        )

    def test_near_ones_are_found_among_many(self):
        """Against the plain way: every pair compared, by the same measure."""
        draw = random.Random(7)
        words = 'numero telefono codice ricevuta schermo conto carta busta firma sede orario turno modulo copia'.split()
        for _ in range(150):
            said = ' '.join(draw.sample(words, draw.randint(3, 6)))
            if draw.random() < 0.4:
                cut = draw.randrange(len(said))
                said = said[:cut] + said[cut + 1 :]
            self.store.solved(said, times=1)
        found = self.learn('--json', '--min', '1').json()
        groups = [[v['question'] for v in p['variants']] for p in found['articles'][0]['proposals']]
        for group in groups:
            for other in group[1:]:
                self.assertGreaterEqual(near(group[0], other), 0.849, (group[0], other))
        for i, group in enumerate(groups):
            for other in groups[:i]:
                self.assertLess(near(group[0], other[0]), 0.851)


def near(a, b):
    def grams(text):
        return {f'^{w}$'[i : i + 4] for w in text.split() for i in range(max(len(w) + 2 - 3, 1))}

    a, b = grams(a), grams(b)
    return len(a & b) / (len(a) * len(b)) ** 0.5


class Readers(Learning):
    def test_only_articles_of_the_askers_own(self):
        self.store.solved('quando passo al reparto superiore', 'interna')  # was a citizen's when it was answered
        self.store.solved('codice sparito dal portale interno', 'otp', audience='agent-l1')
        self.store.solved('quando si usa il reparto superiore', 'interna', audience='agent-l1')
        self.store.solved('chi telefona al reparto', 'comune', audience='agent-l1')
        self.store.solved('mi telefona uno sconosciuto', 'comune')
        self.store.solved('cosa fa il reparto', 'comune', audience='nobody')
        self.assertEqual(
            self.proposed(),
            {'comune': ['chi telefona al reparto', 'mi telefona uno sconosciuto'],
             'interna': ['quando si usa il reparto superiore']},
        )

    def test_articles_that_are_not_there(self):
        self.store.solved('manca qualcosa di simile', 'ignoto').solved('una bozza ancora vuota', 'bozza')
        self.store.solved('iniziativa del passato remoto', 'finito').solved('my receipt is lost', 'pagato', lang='en')
        done = self.learn('--json', code=NO)
        self.assertEqual(done.json()['passed_over']['gone'], 8)

    def test_a_broken_article_does_not_keep_the_others(self):
        self.files['it/accesso/rotto.md'] = '---\nid: [\n---\nx\n'
        self.store.solved('dove trovo il numerino').solved('tutto rotto da ieri', 'rotto')
        done = self.learn()
        self.says(done, 'articles not readable: 1')
        self.assertIn('+  - dove trovo il numerino\n', done.out)


EVIL = [
    'ricevuta\nquestions:\n  - x',
    'ricevuta\r\n---\r\nid: altro',
    '--- a/kb.yaml\n+++ b/kb.yaml\n@@ -1 +1 @@\n-ricevuta\n+persa',
    'ricevuta "doppia" e \'singola\' \\ barra \\n',
    'ricevuta: [1, 2], {a: b} # no & *x !y | > % @',
    'ricevuta\u202eatadegnac\u2066 persa\u200b\ufeff',
    'ricevuta\u2028nuova\u2029riga\u0085e\u00a0basta',
    'ricevuta\x07\x1b[31m rossa \x7f\x9b campana',
    '- ricevuta in lista',
    '? ricevuta persa ieri sera',
    'ricevuta 😀 con faccina \U000e0041\U000e0042 nascosta',
    '%TAG ricevuta !',
    '<!-- ricevuta --> <script>alert(1)</script>',
    '`ricevuta` $(rm -rf x) ${y} %s%n',
    '\ue000ricevuta privata\ufffd',
    '@@ -0,0 +1 @@ ricevuta di prova',
]


UNSEEN = (
    '[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffd\ue000\U000e0000-\U000e007f]'
)


class Hostile(Learning):
    def test_what_people_type_breaks_nothing(self):
        for start in range(0, len(EVIL), 4):
            with self.subTest(start=start):
                shutil.rmtree(self.folder)
                os.mkdir(self.folder)
                self.store = Store(self.path('data'))
                for text in EVIL[start : start + 4]:
                    self.store.solved(text, 'pagato')
                before = {path: text.encode() for path, text in self.files.items()}
                files = self.patched()
                for path, was in before.items():
                    if path != 'it/pagamento/pagato.md':
                        self.assertEqual(files[path], was)
                now = files['it/pagamento/pagato.md'].decode()
                lines = now.split('\n')
                added = [line for line in lines if line.startswith(('questions:', '  - '))]
                self.assertEqual(len(added), 5, now)
                was = FILES['it/pagamento/pagato.md'].split('\n')
                self.assertEqual([line for line in lines if line not in added], was)
                for line in added:
                    self.assertNotRegex(line, UNSEEN)
                self.assertEqual(len(self.questions('it/pagamento/pagato.md')), 4)
                self.assertEqual(self.again(), 0)

    def again(self):
        """With the patch applied there is nothing left to propose."""
        done = run('learn', '--kb', self.after, '--data', self.path('data'), '--json')
        return len(done.json()['articles'])

    def test_one_line_of_what_is_seen(self):
        for text in EVIL[:2] + EVIL[5:8]:
            self.store.solved(text, 'pagato')
        self.assertEqual(
            set(self.proposed()['pagato']),
            {
                'ricevuta questions: - x',
                'ricevuta --- id: altro',
                'ricevutaatadegnac persa',
                'ricevuta nuova riga e basta',
                'ricevuta [31m rossa campana',
            },
        )

    def test_random_bytes(self):
        draw = random.Random(1)
        pool = list('abc \n\r\t"\'\\:#-?[]{}&*!|>%@`,<>~=\u202e\u2028è😀\x1b\u0301') + ['---', '...']
        for _ in range(60):
            self.store.solved('ricevuta ' + ''.join(draw.choices(pool, k=draw.randint(1, 60))), 'pagato')
        self.patched()
        self.assertGreaterEqual(len(self.questions('it/pagamento/pagato.md')), 4)
        self.assertEqual(run('check', '--kb', self.after).code, OK)


def front(questions, end='\n'):
    head = ['id: otp', 'type: qa', 'title: "Non mi arriva il codice OTP"', 'category: accesso', 'audience: [citizen]']
    tail = ['status: published', 'updated: 2026-09-01', 'owner: team', '---', '', 'Aspetta.', '']
    return end.join(['---', *head, *questions, *tail])


class Shapes(Learning):
    """Ways to write a front matter: each keeps every other byte."""

    def shape(self, text, added, path='it/accesso/otp.md'):
        shutil.rmtree(self.folder)
        os.mkdir(self.folder)
        self.store = Store(self.path('data'))
        self.files = {path: text}
        self.store.solved('dove trovo il numerino').solved('numerino: "sparito"', times=3)
        now = self.patched()[path].decode()
        text = text.decode() if isinstance(text, bytes) else text
        self.assertIn(added, now)
        self.assertEqual(now.replace(added, '', 1), text)
        self.assertEqual(run('check', '--kb', self.after).code, OK)

    LIST = '  - "numerino: \\"sparito\\""\n  - dove trovo il numerino\n'

    def test_lists(self):
        for questions in (
            ['questions:', '  - uno', '  - due'],
            ['questions:', '  - uno', '', '  - "due"   # detto spesso', '# un commento', ''],
            ['questions: # tutte', '  - uno con', '    seguito'],
            ['questions:', '  - "uno con', '    seguito"'],
            ['questions:', '  - >', '    uno piegato', '', '    # non è un commento'],
            ['questions:', '  - |-', '    uno alla lettera'],
            ['"questions":', "  - 'uno'"],
            ['questions:', '  - è così 😀'],
        ):
            with self.subTest(questions):
                self.shape(front(questions), self.LIST)

    def test_lists_of_other_indents(self):
        self.shape(front(['questions:', '- uno', '- due']), self.LIST.replace('  - ', '- '))
        self.shape(front(['questions:', '      - uno']), self.LIST.replace('  - ', '      - '))

    def test_flow_lists(self):
        both = '"numerino: \\"sparito\\"", "dove trovo il numerino"'
        self.shape(front(['questions: [uno, "due"]']), ', ' + both)
        self.shape(front(['questions: [uno, due,]']), ', ' + both)
        self.shape(front(['questions: [', '  uno, # detto spesso', '  due', ']']), ', ' + both)
        self.shape(front(['questions: []']), both)

    def test_no_list_yet(self):
        self.shape(front([]), 'questions:\n' + self.LIST)
        self.shape(front(['questions:']), self.LIST)
        self.shape(front(['questions:   # ancora nessuna']), self.LIST)
        self.shape(front([]).replace('owner: team\n', 'source:\n  - >-\n    uno\n'), 'questions:\n' + self.LIST)

    def test_ends_of_lines(self):
        self.shape(front(['questions:', '  - uno'], '\r\n'), self.LIST.replace('\n', '\r\n'))
        self.shape(b'\xef\xbb\xbf' + front(['questions:', '  - uno']).encode(), self.LIST)
        self.shape(front(['questions:', '  - uno'])[:-1], self.LIST)
        whole = front([]).split('\n')
        self.shape('\n'.join(whole[:-4] + ['questions:', '  - uno', '...', 'Testo']), self.LIST)

    def test_names_of_files(self):
        self.yaml += 'check: {rules: {id-file-name: "off"}}\n'
        for name in ('con spazio', 'perché', 'a"b', 'c\\d', "l'altro", 'a--b', '$(x)'):
            with self.subTest(name):
                self.shape(front(['questions:', '  - uno']), self.LIST, f'it/accesso/{name}.md')

    def test_what_cannot_be_added_to_is_told(self):
        for questions in (['questions: ~'], ['questions: null']):
            self.files['it/accesso/otp.md'] = front(questions)
            shutil.rmtree(self.folder)
            os.mkdir(self.folder)
            self.store = Store(self.path('data'))
            self.store.solved('dove trovo il numerino').solved('quanto vale la ricevuta', 'pagato')
            done = self.learn()
            self.says(done, 'it/accesso/otp.md:7: ', '  + dove trovo il numerino\n')
            self.assertNotIn('otp.md', done.out)
            self.assertIn('+  - quanto vale la ricevuta', done.out)

    def test_inside_a_folder_of_a_repository(self):
        self.store.solved('dove trovo il numerino')
        patch = self.learn().out
        subprocess.run(['git', 'init', '-q', self.folder], check=True)
        done = subprocess.run(['git', 'apply', '-'], cwd=self.path('kb'), input=patch.encode(), stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn('- dove trovo il numerino\n', read(self.path('kb/it/accesso/otp.md')))


class FromTheChat(Case):
    def test_asked_answered_confirmed_learnt_known(self):
        kb, data = self.kb(), self.path('data')
        asked = 'il codice otp proprio non mi arriva sul telefono nuovo'
        with Service(kb, data) as service:
            for _ in range(2):
                _, reply = service.call('POST', '/v1/chat', {'message': asked, 'lang': 'it'})
                self.assertEqual((reply['decision'], reply['article']['id']), ('answer', 'otp'))
                service.call('POST', f'/v1/chat/{reply["conversation"]}/feedback', {'solved': True})
            done = self.ends(OK, 'learn', '--kb', kb, '--data', data)  # beside the service
        write(self.path('patch'), done.out)
        subprocess.run(['patch', '-p1', '-s', '-i', self.path('patch')], cwd=kb, check=True)
        found = json.loads(run('ask', '--kb', kb, '--json', asked).out)
        self.assertEqual(found['reason'], 'known-phrasing')
        self.ends(NO, 'learn', '--kb', kb, '--data', data)


if __name__ == '__main__':
    unittest.main()
