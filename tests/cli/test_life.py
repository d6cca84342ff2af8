"""Draft, published, retired: the commands that lead an article through its life, and what of its file they touch."""

import datetime
import os
import random
import signal
import subprocess
import time
import unittest
import zoneinfo

from program import BIN, FAILED, KB_YAML, NO, OK, SMALL, USAGE, Case, Service, article, environment, eventually, read, write

OLD = '2026-09-01'
# As an editor may have written it: comments, quotes, an order of one's own.
BY_HAND = '''\
---
# una guida
status:   published   # in linea da marzo
id: a-mano
type: qa
title: 'Scritto a mano: l''avviso'
category: accesso
audience:
- citizen
updated: "2026-09-01"
questions: [scritto a mano uno, scritto a mano due, scritto a mano tre, scritto a mano quattro, scritto a mano cinque]
owner: team-prova
reviewed_by: Anna
source: [Regole di prova]   # la legge
---

Testo del vecchio gelataio.

status: non è un campo
'''


def today():
    return datetime.datetime.now(zoneinfo.ZoneInfo('Europe/Rome')).date().isoformat()


class Life(Case):
    def setUp(self):
        super().setUp()
        self.where = self.kb(files={**SMALL, 'it/accesso/a-mano.md': BY_HAND})
        self.live = os.path.join(self.where, 'it/accesso/a-mano.md')
        self.waiting = os.path.join(self.where, 'it/accesso/a-mano.draft.md')

    def do(self, code, command, *args):
        return self.ends(code, command, '--kb', self.where, *args)

    def begin(self, old='gelataio', new='barbiere'):
        self.do(OK, 'edit', 'a-mano')
        write(self.waiting, read(self.waiting).replace(old, new))

    def test_a_file_of_another_name(self):
        """The id that the file says counts, where no file has the id for its name."""
        other = os.path.join(self.where, 'it/accesso/scritto-da-anna.md')
        os.rename(self.live, other)
        self.do(OK, 'edit', 'a-mano')
        waiting = other.replace('.md', '.draft.md')
        write(waiting, read(waiting).replace('gelataio', 'barbiere'))
        self.do(OK, 'publish', 'a-mano')
        self.assertIn('barbiere', read(other))
        self.assertFalse(os.path.exists(waiting) or os.path.exists(self.live))
        self.do(OK, 'retire', 'a-mano', '--ended')
        self.assertIn('retired', read(other))
        self.do(NO, 'edit', 'a-mano')

    def test_the_id_in_a_file_counts_not_its_name(self):
        """A file named like another article's id is not that article; a translation of another name is retired too."""
        other = os.path.join(self.where, 'it/accesso/scritto-da-anna.md')
        os.rename(self.live, other)
        write(self.live, read(other).replace('id: a-mano', 'id: un-altro').replace("title: '", "title: 'Altro: ", 1))
        before = read(self.live)
        translated = os.path.join(self.where, 'en/accesso/by-hand.md')
        os.makedirs(os.path.dirname(translated), exist_ok=True)
        write(translated, read(other))
        self.do(OK, 'retire', 'a-mano', '--ended')
        self.assertIn('retired', read(other))
        self.assertIn('retired', read(translated))
        self.assertEqual(read(self.live), before)

    def rules(self, code=NO):
        return [f['rule'] for f in self.ends(code, 'check', '--kb', self.where, '--json').json()['findings']]


class Edit(Life):
    def test_the_copy_says_that_it_is_a_draft_that_nobody_reviewed_and_nothing_else(self):
        done = self.do(OK, 'edit', 'a-mano')
        self.assertEqual(done.out.strip(), self.waiting)
        self.assertEqual(read(self.live), BY_HAND)
        self.assertEqual(read(self.waiting), BY_HAND.replace('   published ', '   draft ').replace('reviewed_by: Anna\n', ''))
        self.assertEqual(self.rules(OK), [])

    def test_one_edit_at_a_time(self):
        self.do(OK, 'edit', 'a-mano')
        before = read(self.waiting)
        self.says(self.do(NO, 'edit', 'a-mano'), self.waiting, 'waits already')
        self.assertEqual(read(self.waiting), before)

    def test_the_language(self):
        write(os.path.join(self.where, 'en/accesso/otp.md'), article('otp', 'No code', 'Wait.', questions=['no code']))
        self.assertTrue(self.do(OK, 'edit', 'otp').out.endswith('/it/accesso/otp.draft.md\n'))
        self.assertTrue(self.do(OK, 'edit', 'otp', '--lang', 'en').out.endswith('/en/accesso/otp.draft.md\n'))
        self.says(self.do(NO, 'edit', 'otp', '--lang', 'de'), 'there is no file otp.md', 'de')

    def test_what_cannot_be_edited(self):
        self.says(self.do(NO, 'edit', 'mai-visto'), 'mai-visto.md')
        self.do(USAGE, 'edit', '../otp')
        self.do(USAGE, 'edit')
        self.ends(USAGE, 'edit', 'otp')
        write(self.live, BY_HAND.replace('   published ', '   draft '))
        self.says(self.do(NO, 'edit', 'a-mano'), 'never published')
        write(self.live, BY_HAND.replace('   published ', '   retired '))
        self.says(self.do(NO, 'edit', 'a-mano'), 'retired')
        write(self.live, 'nonsense')
        self.do(NO, 'edit', 'a-mano')
        self.assertFalse(os.path.exists(self.waiting))

    def test_front_matter_that_cannot_be_edited_safely(self):
        odd = '---\n{id: odd, type: qa, title: T, category: accesso, audience: [citizen], status: published, updated: 2026-01-01}\n---\nx\n'
        write(os.path.join(self.where, 'it/accesso/odd.md'), odd)
        self.says(self.do(FAILED, 'edit', 'odd'), 'cannot be changed safely', 'odd.md:')
        self.assertFalse(os.path.exists(os.path.join(self.where, 'it/accesso/odd.draft.md')))


class ForPrograms(Life):
    def test_edit_and_publish(self):
        self.assertEqual(self.do(OK, 'edit', 'a-mano', '--json').json(), {'files': [self.waiting]})
        write(self.waiting, read(self.waiting).replace('gelataio', 'barbiere'))
        done = self.do(OK, 'publish', 'a-mano', '--json')
        self.assertEqual((done.json(), done.err), ({'published': self.live, 'findings': []}, ''))

    def test_what_is_refused(self):
        self.begin()
        write(self.waiting, read(self.waiting).replace('category: accesso', 'category: acesso'))
        got = self.do(NO, 'publish', 'a-mano', '--json').json()
        self.assertIsNone(got['published'])
        self.assertIn('unknown-category', [f['rule'] for f in got['findings']])
        self.assertEqual(self.do(NO, 'publish', 'otp', '--json').json(), {'published': None, 'findings': []})

    def test_retire(self):
        got = self.do(OK, 'retire', 'a-mano', '--ended', '--json').json()
        self.assertEqual(got, {'files': [self.live], 'hidden': False, 'links': []})


class Publish(Life):
    def test_the_edit_takes_the_place_of_the_old_text(self):
        os.chmod(self.live, 0o640)
        self.begin()
        self.do(OK, 'publish', 'a-mano', '--reviewed-by', 'Bruno')
        wanted = BY_HAND.replace('gelataio', 'barbiere').replace('"2026-09-01"', f'"{today()}"').replace('reviewed_by: Anna\n', '')
        wanted = wanted.replace(f'"{today()}"\n', f'"{today()}"\nreviewed_by: Bruno\n')
        self.assertEqual(read(self.live), wanted)
        self.assertFalse(os.path.exists(self.waiting))
        self.assertEqual(sorted(os.listdir(os.path.dirname(self.live))), ['a-mano.md', 'otp.md', 'procedura-interna.md'])

    def test_as_it_is(self):
        self.begin()
        self.do(OK, 'publish', 'a-mano', '--as-is')
        self.assertIn(f'updated: "{OLD}"', read(self.live))

    def test_a_first_draft(self):
        path = os.path.join(self.where, 'it/accesso/nuovo.md')
        draft = article('nuovo', 'Nuovo', 'Testo.', questions=[f'nuova {n}' for n in range(5)]).replace('published', 'draft')
        write(path, draft)
        self.do(OK, 'publish', 'nuovo')
        self.assertEqual(read(path), draft.replace('status: draft', 'status: published').replace(OLD, today()))
        self.says(self.do(NO, 'publish', 'nuovo'), 'nothing of it waits')

    def test_line_ends_and_what_is_not_ascii_stay(self):
        text = BY_HAND.replace('una guida', 'perché — ✓ 例').replace('\n', '\r\n')
        write(self.live, text)
        self.do(OK, 'edit', 'a-mano')
        self.do(OK, 'publish', 'a-mano', '--reviewed-by', 'D: "ò"')
        with open(self.live, encoding='utf-8', newline='') as file:
            now = file.read()
        day = f'updated: "{today()}"\r\n'
        wanted = text.replace('reviewed_by: Anna\r\n', '').replace(f'updated: "{OLD}"\r\n', day + 'reviewed_by: "D: \\"ò\\""\r\n')
        self.assertEqual(now, wanted)

    def test_errors_refuse_it_and_nothing_is_changed(self):
        self.begin(new='barbiere, [come qui](mai-visto)')
        before = read(self.waiting)
        done = self.do(NO, 'publish', 'a-mano')
        self.assertIn('[broken-link]', done.out)
        self.assertEqual((read(self.live), read(self.waiting)), (BY_HAND, before))
        write(self.waiting, before.replace('category: accesso', 'category: accessi'))
        self.assertIn('[unknown-category]', self.do(NO, 'publish', 'a-mano').out)
        self.assertEqual(read(self.live), BY_HAND)

    def test_errors_that_it_makes_elsewhere_refuse_it_too(self):
        write(self.live, BY_HAND.replace('status: non', '## Primo\n\nstatus: non'))
        write(os.path.join(self.where, 'it/accesso/altro.md'), article('altro', 'Altro', '[x](a-mano#primo) [y](manca)', questions=[f'd{n}' for n in range(5)]))
        self.begin(old='## Primo', new='## Secondo')
        done = self.do(NO, 'publish', 'a-mano')
        self.assertIn('altro.md', done.out)
        self.assertIn('[broken-anchor]', done.out)
        self.assertNotIn('[broken-link]', done.out)  # that one is there already

    def test_the_published_text_moved_on(self):
        self.begin()
        write(self.live, BY_HAND.replace(OLD, '2026-10-01'))
        self.assertEqual(self.rules(), ['waiting-edit'])
        self.says(self.do(NO, 'publish', 'a-mano'), '2026-10-01')
        write(self.waiting, read(self.waiting).replace(OLD, '2026-10-01'))
        self.do(OK, 'publish', 'a-mano')
        self.assertIn('barbiere', read(self.live))

    def test_who_reviews(self):
        self.begin()
        self.says(self.do(NO, 'publish', 'a-mano', '--reviewed-by', 'team-prova'), 'owner')
        write(os.path.join(self.where, 'kb.yaml'), KB_YAML + 'check: {rules: {unreviewed: error}}\n')
        self.assertIn('[unreviewed]', self.do(NO, 'publish', 'a-mano').out)
        self.assertEqual(read(self.live), BY_HAND)
        self.do(OK, 'publish', 'a-mano', '--reviewed-by', 'Carla')
        self.assertIn('reviewed_by: Carla\n', read(self.live))

    def test_several_languages_that_wait(self):
        for lang in ('it', 'en'):
            write(os.path.join(self.where, lang, 'accesso/due.md'), article('due', 'Due', 'x').replace('published', 'draft'))
        self.says(self.do(USAGE, 'publish', 'due'), '--lang it', '--lang en')
        self.do(OK, 'publish', 'due', '--lang', 'it')
        self.do(OK, 'publish', 'due')
        self.do(NO, 'publish', 'due')

    def test_a_retired_text_is_not_replaced(self):
        self.begin()
        write(self.live, BY_HAND.replace('   published ', '   retired '))
        self.assertEqual(self.rules(), ['waiting-edit'])
        self.do(NO, 'publish', 'a-mano')

    def test_killed_at_any_moment_it_leaves_the_old_or_the_new(self):
        rng = random.Random(4)
        new = BY_HAND.replace('gelataio', 'barbiere')
        begun = time.monotonic()
        self.begin()
        self.do(OK, 'publish', 'a-mano', '--as-is')
        took = time.monotonic() - begun
        seen = set()
        for _ in range(60):
            write(self.live, BY_HAND)
            if not os.path.exists(self.waiting):
                self.do(OK, 'edit', 'a-mano')
            write(self.waiting, new.replace('   published ', '   draft '))
            process = subprocess.Popen(
                [BIN, 'publish', '--kb', self.where, 'a-mano', '--as-is'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment())
            time.sleep(rng.random() * took)
            process.send_signal(signal.SIGKILL)
            process.wait()
            now = read(self.live)
            self.assertIn(now, (BY_HAND, new))
            self.assertEqual(os.path.exists(self.waiting), now == BY_HAND)
            seen.add(now)
            self.do(OK if now == BY_HAND else NO, 'publish', 'a-mano', '--as-is')  # what was broken off can be done again
            self.assertEqual(read(self.live), new)
        self.assertEqual(len(seen), 2)


class Retire(Life):
    def test_it_names_its_successor(self):
        write(os.path.join(self.where, 'it/accesso/altro.md'), article('altro', 'Altro', 'Prima\n\nVedi [qui](a-mano).', related='[a-mano]', questions=[f'd{n}' for n in range(5)]))
        done = self.do(OK, 'retire', 'a-mano', '--replaced-by', 'otp')
        wanted = BY_HAND.replace('   published   # in linea da marzo\n', '   retired   # in linea da marzo\nreplaced_by: otp\n')
        self.assertEqual(read(self.live), wanted.replace(OLD, today()))
        self.assertEqual(done.out.strip(), self.live)
        text = read(os.path.join(self.where, 'it/accesso/altro.md')).split('\n')
        for start in ('related:', 'Vedi'):
            line = next(n for n, line in enumerate(text, 1) if line.startswith(start))
            self.says(done, f'it/accesso/altro.md:{line}')
        done = self.do(OK, 'retire', 'a-mano', '--ended')
        self.assertEqual(read(self.live), wanted.replace(OLD, today()).replace('replaced_by: otp\n', ''))

    def test_in_all_languages_or_one(self):
        english = os.path.join(self.where, 'en/accesso/otp.md')
        write(english, article('otp', 'No code', 'Wait.', questions=['no code']))
        self.assertEqual(len(self.do(OK, 'retire', 'otp', '--ended', '--lang', 'it').out.splitlines()), 1)
        self.assertIn('status: published', read(english))
        self.assertEqual(len(self.do(OK, 'retire', 'otp', '--ended').out.splitlines()), 2)
        self.assertIn('status: retired', read(english))

    def test_what_it_refuses(self):
        for args, word in (
            (('a-mano', '--replaced-by', 'a-mano'), 'its own place'),
            (('a-mano', '--replaced-by', 'mai-visto'), 'mai-visto'),
            (('mai-visto', '--ended'), 'mai-visto'),
        ):
            self.says(self.do(NO, 'retire', *args), word)
        self.do(USAGE, 'retire', 'a-mano')
        self.do(USAGE, 'retire', 'a-mano', '--ended', '--replaced-by', 'otp')
        self.do(OK, 'retire', 'gia-pagato', '--ended')
        self.says(self.do(NO, 'retire', 'a-mano', '--replaced-by', 'gia-pagato'), 'not published')
        write(os.path.join(self.where, 'it/accesso/giro.md'), article('giro', 'Giro', 'x', replaced_by='a-mano', valid_until='2020-01-01'))
        self.says(self.do(NO, 'retire', 'a-mano', '--replaced-by', 'giro'), 'leads back')
        self.do(OK, 'edit', 'a-mano')
        self.says(self.do(NO, 'retire', 'a-mano', '--ended'), 'waits')
        self.assertEqual(read(self.live), BY_HAND)

    def test_readers_who_may_not_read_the_successor(self):
        self.says(self.do(OK, 'retire', 'a-mano', '--replaced-by', 'procedura-interna'), 'no longer needed')
        self.assertNotIn('no longer needed', self.do(OK, 'retire', 'procedura-interna', '--replaced-by', 'otp').err)


class Ahead(Life):
    def test_what_an_edit_that_waits_does_to_the_answers(self):
        questions = self.path('q.jsonl')
        write(questions, '{"question": "di che colore è il gelso azzurrino", "expect": "answer", "articles": ["a-mano"]}\n')
        self.begin('domande', 'domande')
        write(self.waiting, read(self.waiting).replace('scritto a mano uno', 'di che colore è il gelso azzurrino'))
        before = {name: read(os.path.join(os.path.dirname(self.live), name)) for name in os.listdir(os.path.dirname(self.live))}
        result = self.do(OK, 'diff', '--waiting', '--json', questions).json()
        self.assertEqual([(f['path'], f['change']) for f in result['files']], [('it/accesso/a-mano.md', 'changed')], result)
        self.assertEqual(result['totals']['won'], 1, result)
        self.assertEqual({name: read(os.path.join(os.path.dirname(self.live), name)) for name in before}, before)
        self.do(USAGE, 'diff', '--waiting', '--since', 'HEAD')


class Live(Life):
    """Beside a running service."""

    def test_from_edit_to_retired(self):
        with Service(self.where, self.path('data')) as service:
            page = lambda: service.call('GET', '/a/a-mano?lang=it')  # noqa: E731
            self.begin()
            time.sleep(0.5)
            self.assertIn('gelataio', page()[1])
            self.assertEqual(service.call('GET', '/readyz')[1]['broken_count'], 0)
            write(self.waiting, 'nonsense')  # an edit that is broken concerns nobody
            time.sleep(0.5)
            self.assertEqual(service.call('GET', '/readyz')[1]['broken_count'], 0)
            os.remove(self.waiting)
            self.begin()
            for query in ('/v1/search?q=barbiere&lang=it', '/v1/articles/a-mano.draft'):
                self.assertNotIn('barbiere ', str(service.call('GET', query)))
            self.do(OK, 'publish', 'a-mano')
            self.assertTrue(eventually(lambda: 'barbiere' in page()[1], 5))
            self.do(OK, 'retire', 'a-mano', '--replaced-by', 'otp')
            self.assertTrue(eventually(lambda: page()[0] == 308, 5))
            self.do(OK, 'retire', 'a-mano', '--ended')
            self.assertTrue(eventually(lambda: page()[0] == 410, 5))

    def test_an_edit_that_calls_itself_published_is_served_to_nobody(self):
        write(self.waiting, BY_HAND.replace('gelataio', 'barbiere'))
        with Service(self.where, self.path('data')) as service:
            self.assertIn('gelataio', service.call('GET', '/a/a-mano?lang=it')[1])
            self.assertEqual(service.call('GET', '/v1/search?q=barbiere&lang=it')[1]['total'], 0)
            for root, _, names in os.walk(self.path('data')):
                for name in names:
                    with open(os.path.join(root, name), 'rb') as file:
                        self.assertNotIn(b'barbiere', file.read(), name)


if __name__ == '__main__':
    unittest.main()
