"""The README stays true: names of its drawing exist, and so do the files and make targets that it tells of."""
import os
import re
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def read(path):
    with open(os.path.join(ROOT, path), encoding='utf-8') as file:
        return file.read()


def sources(folder):
    for where, _, names in os.walk(os.path.join(ROOT, folder)):
        for name in names:
            if name.endswith(('.c', '.h', '.cc', '.hh')):
                yield read(os.path.join(where, name))


class Readme(unittest.TestCase):
    text = read('README.md')

    def test_functions_of_the_drawing_are_declared(self):
        drawing = re.search(r'```text\n(.*?)```', self.text, re.S).group(1)
        declared = '\n'.join([*sources('include'), *sources('src')])
        names = re.findall(r'\bspi?_[a-z_]+\b', drawing)
        self.assertGreater(len(names), 10)
        for name in names:
            self.assertRegex(declared, rf'\b{name}\(', f'the README draws {name}, and there is none')

    def test_routes_of_the_drawing_are_in_the_tables(self):
        tables = read('src/http/routes.c') + read('src/http/pages.c')
        for path in re.findall(r'POST (/[\w/]+)', self.text):
            self.assertIn(f'"{path}"', tables)

    def test_paths_exist(self):
        paths = set(re.findall(r'\b((?:src|include|web|tests|kb|corpus)/[\w./-]*\w/?)', self.text))
        paths = {p for p in paths if '*' not in p}
        self.assertGreater(len(paths), 25)
        for path in paths:
            if '<' in path or re.search(re.escape(path) + r'[<*]', self.text):
                continue
            self.assertTrue(os.path.exists(os.path.join(ROOT, path)), f'the README names {path}')

    def test_make_targets_exist(self):
        makefile = read('Makefile')
        for target in set(re.findall(r'`?make ([a-z]+)', self.text)):
            self.assertRegex(makefile, rf'(?m)^(\.PHONY:.*\b)?{target}\b', f'the README names make {target}')


if __name__ == '__main__':
    unittest.main()
