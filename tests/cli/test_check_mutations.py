"""The linter against two hundred seeded mistakes in copies of kb/: each is found where it is, and nothing else is."""

import json
import os
import random
import re
import shutil
import subprocess
import unittest
from collections import Counter

from mutations import MISTAKES, Copy, Mistake, title_elsewhere
from program import BIN, KB, NO, OK, TIMEOUT_S, Case, WithIndex, environment, run

SEED = 20261125
WANTED = 200
# Rules that are off: switched on where mistakes are made, so that they are tried too.
OFF = ('unreviewed', 'personal-contact', 'unused-name')
ONLY_SINCE = ('updated-not-moved',)  # compares two states: test_check_since.py
ONLY_ASKED = ('better-elsewhere',)  # asks the index, which there is none of while kb.yaml is broken
NOBODY = 65534


def check(kb):
    """All findings as (rule, file below kb, line). Not as root, who can read every file."""
    who = {'user': NOBODY, 'extra_groups': []} if os.geteuid() == 0 else {}
    done = subprocess.run(
        [BIN, 'check', '--kb', kb, '--format', 'json'],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        timeout=TIMEOUT_S,
        **who,
    )
    if done.returncode not in (0, 1):
        raise AssertionError(done.stderr.decode(errors='replace'))
    found = json.loads(done.stdout.decode(errors='replace'))['findings']
    return [(f['rule'], os.path.relpath(f['file'], kb), f['line']) for f in found]


def rules():
    """All rules, as the guide's articles name them (a unit test sees to it that these are all)."""
    found = set()
    folder = os.path.join(KB, 'it', 'sportello')
    for name in os.listdir(folder):
        if name.startswith('regola-'):
            with open(os.path.join(folder, name), encoding='utf-8') as file:
                found |= {(rule, name[: -len('.md')]) for rule in re.findall(r'^## `([a-z0-9-]+)`$', file.read(), re.M)}
    return dict(found)


class Mutations(Case):
    def ground(self, name):
        """A copy of kb/ with the rules on that are off, and each article read by somebody."""
        folder = self.path(name)
        shutil.copytree(KB, folder)
        for root, _, names in os.walk(folder):
            for file in names:
                path = os.path.join(root, file)
                with open(path, encoding='utf-8') as f:
                    text = f.read()
                if file == 'kb.yaml':
                    text = re.sub(rf'^    (?:{"|".join(OFF)}): .*\n', '', text, flags=re.M)
                    text = re.sub(r'^  rules:.*\n', '  rules:\n' + ''.join(f'    {r}: warning\n' for r in OFF), text, flags=re.M)
                elif not re.search(r'^reviewed_by:', text, re.M):
                    text = text.replace('\n---\n', '\nreviewed_by: Redazione\n---\n', 1)
                with open(path, 'w', encoding='utf-8') as f:
                    f.write(text)
        return folder

    def mistakes_of_one_copy(self, folder, names, rng):
        copy = Copy(folder, rng)
        done = [MISTAKES[name](copy, name) for name in names]
        lines = copy.read('kb.yaml').split('\n')
        for i, one in enumerate(done):
            if not isinstance(one, Mistake):  # in kb.yaml the lines are known when all are made
                line = next(n for n, text in enumerate(lines, 1) if one[1] in text)
                done[i] = Mistake(one[0], 'kb.yaml', line, None)
        return copy, done

    def look(self, copy, done, baseline):
        found = check(copy.folder)
        places = {(rule, file): set() for rule, file, _ in found}
        for rule, file, line in found:
            places[rule, file].add(line)
        missed = []
        for one in done:
            file = os.fsencode(one.file).decode(errors='replace')
            lines = places.get((one.rule, file))
            if not lines or (one.line is not None and one.line not in lines):
                missed.append((one, [f for f in found if f[1] == file]))
        self.assertEqual(missed, [])
        touched = {os.fsencode(path).decode(errors='replace') for path in copy.touched}
        partners = {(one.rule, one.partner) for one in done if one.partner}
        others = [f for f in found if f[1] not in touched and (f[0], f[1]) not in partners and not self.follows(copy, f, touched)]
        self.assertEqual(sorted(set(others) - baseline), [])

    @staticmethod
    def follows(copy, finding, touched):
        """A module names an article that a mistake took away."""
        rule, file, line = finding
        named = copy.read(file).split('\n')[line - 1] if rule == 'module-dropped' else ''
        return any(os.path.basename(path)[: -len('.md')] in named for path in touched)

    def test_questions_that_another_article_answers(self):
        folder = self.path('asked')
        shutil.copytree(KB, folder)
        copy = Copy(folder, random.Random(SEED))
        done = [title_elsewhere(copy) for _ in range(10)]
        found = [(f['rule'], os.path.relpath(f['file'], folder), f['line'])
                 for f in json.loads(self.ends(OK, 'check', '--kb', folder, '--json').out)['findings']]
        self.assertEqual(sorted(found), sorted((one.rule, one.file, one.line) for one in done))

    def test_every_rule_has_a_mistake(self):
        self.assertEqual(sorted((*MISTAKES, *ONLY_SINCE, *ONLY_ASKED)), sorted(rules()))

    def test_two_hundred_mistakes_are_found_and_nothing_else(self):
        os.chmod(self.folder, 0o755)
        rng = random.Random(SEED)
        baseline = set(check(self.ground('ground')))
        names, count = sorted(MISTAKES), 0
        while count < WANTED:
            rng.shuffle(names)
            some = names[: WANTED - count]
            for part in (some[: len(some) // 2], some[len(some) // 2 :]):  # two copies: each has articles enough
                copy, done = self.mistakes_of_one_copy(self.ground(f'copy{count}'), part, rng)
                self.look(copy, done, baseline)
                count += len(done)
        self.assertEqual(count, WANTED)

    def test_the_untouched_text_has_no_finding_at_all(self):
        self.assertEqual(check(self._readable()), [])

    def test_mending_makes_nothing_worse_and_comes_to_an_end(self):
        """--fix on the mistakes: no rule has more findings than before (dropping a question twice there may advise of few),
        a second call mends nothing, and of the untouched text nothing is changed."""

        def mend(kb):
            done = run('check', '--kb', kb, '--fix', '--json')
            self.assertIn(done.code, (OK, NO), str(done))
            return done.json()['mended']

        def count(found):
            return Counter(rule for rule, _, _ in found)

        os.chmod(self.folder, 0o755)
        rng, names, mended = random.Random(SEED), sorted(MISTAKES), 0
        rng.shuffle(names)
        for number, part in enumerate((names[: len(names) // 2], names[len(names) // 2 :])):
            copy, _ = self.mistakes_of_one_copy(self.ground(f'copy{number}'), part, rng)
            before = count(check(copy.folder))
            mended += len(mend(copy.folder))
            more = count(check(copy.folder)) - before
            more.pop('few-questions', None)
            self.assertEqual(more, Counter())
            self.assertEqual(mend(copy.folder), [])
        self.assertGreater(mended, 0)
        self.assertEqual(mend(self._readable()), [])

    def _readable(self):
        os.chmod(self.folder, 0o755)
        return shutil.copytree(KB, self.path('kb'))


class Guide(WithIndex):
    def test_a_rule_s_name_finds_the_article_that_explains_it(self):
        for rule, article in sorted(rules().items()):
            self.assertIn(article, self.ids(rule, '--audience', 'agent-l1')[:2], rule)


if __name__ == '__main__':
    unittest.main()
