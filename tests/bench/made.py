"""What is measured with: knowledge bases and questions made of our own articles and corpus."""
import glob
import json
import os
import random
import re
import subprocess

from measure import ROOT, SPORTELLO, corpus_questions, hash_of


# Courtesy would not do: it is left out before a question is looked for, so that it is the one that was asked before.
OPENINGS = ['', 'da ieri, ', 'col telefono nuovo, ', 'dal tablet, ', 'in vacanza, ', 'dal lavoro, ', 'mio zio chiede: ', 'di nuovo: ', 'stasera, ', 'in due, ']
CLOSINGS = ['da ieri', 'da stamattina', 'col telefono nuovo', 'sul tablet', 'da casa', 'in ufficio', 'all\'estero', 'per mio zio', 'per mia nonna',
            'di domenica', 'dopo cena', 'con un amico', 'in treno', 'al mare', 'in biblioteca', 'con gli occhiali', 'senza fretta', 'due volte',
            'per conto mio', 'come l\'anno scorso']


def article_texts():
    """Title, questions and body of our own Italian articles, to make larger knowledge bases of."""
    found = []
    for path in sorted(glob.glob(os.path.join(ROOT, 'kb', 'it', '*', '*.md'))):
        with open(path, encoding='utf-8') as file:
            _, head, body = file.read().split('---\n', 2)
        title = re.search(r'^title: *"?(.+?)"?$', head, re.M)
        questions = re.search(r'^questions:\n((?:  ?- .*\n)+)', head, re.M)
        if title:
            listed = [q.strip()[2:].strip().strip('"\'') for q in questions.group(1).splitlines()] if questions else []
            found.append((title.group(1), listed, body))
    return found


def make_kb(folder, count):
    """A knowledge base of `count` articles with the words of ours: each mixes the sentences of two articles and has a
    word of its own, so that neither vocabulary nor posting lists are those of copies."""
    texts = article_texts()
    records = os.path.join(folder, f'{count}.jsonl')
    with open(records, 'w', encoding='utf-8') as out:
        for i in range(count):
            a, b = texts[i % len(texts)], texts[(i * 7 + i // len(texts)) % len(texts)]
            own = f'pratica{i}'
            sentences = re.split(r'(?<=[.!?])\s+', a[2])[:8] + re.split(r'(?<=[.!?])\s+', b[2])[i % 5:][:8]
            out.write(json.dumps({'id': f'a{i}', 'lang': 'it', 'title': f'{a[0]} {own}', 'answer': ' '.join(sentences),
                                  'questions': [f'{q} {own}' for q in a[1][:6]]}, ensure_ascii=False) + '\n')
    kb = os.path.join(folder, f'kb{count}')
    subprocess.run([SPORTELLO, 'import', records, '--kb', kb], check=True, stdout=subprocess.DEVNULL)
    return kb


def make_bodies(folder):
    """Questions as people ask them: our labelled corpus and the articles' own phrasings, mixed."""
    questions = [q for _, listed, _ in article_texts() for q in listed]
    for path in sorted(glob.glob(os.path.join(ROOT, 'corpus', 'questions.it.jsonl'))):
        with open(path, encoding='utf-8') as file:
            questions += [json.loads(line)['question'] for line in file if line.strip()]
    questions.sort(key=lambda q: hash_of(q))
    bodies = os.path.join(folder, 'bodies')
    with open(bodies, 'w', encoding='utf-8') as out:
        for question in questions:
            out.write(json.dumps({'message': question}, ensure_ascii=False) + '\n')
    return bodies, len(questions)


def questions_of(folder, bodies):
    """One a line."""
    questions = os.path.join(folder, 'questions')
    with open(bodies, encoding='utf-8') as lines, open(questions, 'w', encoding='utf-8') as out:
        out.writelines(json.loads(line)['message'].replace('\n', ' ') + '\n' for line in lines)
    return questions


def never_seen():
    """Questions of the corpus with a circumstance that changes nothing; each is given once."""
    phrases = sorted(((o, c) for o in OPENINGS for c in CLOSINGS), key=lambda p: hash_of(p[0] + p[1]))
    for opening, closing in phrases:
        for question in corpus_questions():
            yield f'{opening}{question} {closing}'


def realistic(new, count):
    """Questions of the corpus drawn by Zipf's law; one in five was never asked before."""
    known = corpus_questions()
    draw = random.Random(1)
    weights = [1 / (rank + 1) for rank in range(len(known))]
    return [next(new) if draw.random() < 0.2 else question for question in draw.choices(known, weights, k=count)]


def write_bodies(folder, questions):
    path = os.path.join(folder, 'asked')
    with open(path, 'w', encoding='utf-8') as out:
        out.writelines(json.dumps({'message': question}, ensure_ascii=False) + '\n' for question in questions)
    return path
