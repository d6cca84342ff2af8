"""Why a decision came out as it did: sportello ask --explain."""

import json
import os
import re
import shutil
import unittest

from program import KB_YAML, NO, OK, ROOT, SMALL, Case, Service, WithIndex, article, lines_file, read, run, small_kb, temporary
from test_encoder import Fake

SYNONYMS = """\
synonyms:
  it:
    - [ricevuta, quietanza di pagamento, registro quokkarino]
"""
# Words that only agents read: of an article of theirs, and of a block of everybody's article.
SEALED = ('ornitorinco', 'procedura-interna', 'riservata', 'caleidoscopio', 'quokkarino', 'scalata')
FILES = {
    **SMALL,
    'it/pagamento/ricevuta.md': article(
        'ricevuta',
        'Dove trovo la ricevuta',
        'La ricevuta è nella tua posta, con il pagamento. Vale come quietanza.\n\n> [!agent-l1]\n'
        '> Verifica con il sistema caleidoscopio e con il registro quokkarino.',
        'pagamento',
        questions=['mi serve la ricevuta', 'ricevuta persa', 'dove sta la ricevuta'],
        keywords='[scontrino]',
    ),
}
MEMBERS = [
    'why',
    'reason',
    'confidence',
    'threshold',
    'precision',
    'choice_confidence',
    'case_score',
    'vectors',
    'searched',
    'cues',
    'words',
    'candidates',
]


class WithSmall(WithIndex):
    @classmethod
    def setUpClass(cls):
        cls.kb_of_class = small_kb(temporary(), KB_YAML + SYNONYMS, FILES)
        cls.addClassCleanup(shutil.rmtree, cls.kb_of_class, ignore_errors=True)
        super().setUpClass()

    def explain(self, text, *more):
        answer = self.ask(text, '--explain', *more)
        self.assertEqual(list(answer)[-1], 'explain')
        return answer['explain']

    def say(self, text, *more, lang='en'):
        return run('ask', '--kb', self.kb_of_class, '--data', self.data, '--explain', *more, '--', text, lang=lang)

    @staticmethod
    def named(items, key='word'):
        return {item[key]: item for item in items}


class Explain(WithSmall):
    def test_nothing_of_it_unless_asked_for(self):
        self.assertNotIn('explain', self.ask('il codice otp non arriva'))
        plain = run('ask', '--kb', self.kb_of_class, '--data', self.data, 'il codice otp non arriva')
        told = self.say('il codice otp non arriva')
        self.assertTrue(told.out.startswith(plain.out) and len(told.out) > len(plain.out), str(told))

    def test_the_rest_is_the_same(self):
        plain, told = self.ask('il codice otp non arriva'), self.ask('il codice otp non arriva', '--explain')
        del told['explain'], told['receipt'], plain['receipt']
        self.assertEqual(plain, told)

    def test_shape(self):
        told = self.explain('il codice otp non arriva')
        self.assertEqual([m for m in told if m != 'corrected'], MEMBERS)
        self.assertEqual((told['reason'], told['precision'], told['vectors']), ('known-phrasing', 0.9, 'absent'))
        self.assertNotIn('kinds', told)
        self.assertTrue(0 < told['threshold'] < 1)

    def test_words_with_weights_and_fields(self):
        told = self.explain('dove vedo la ricevuta, lo scontrino della posta?')
        words = self.named(told['words'])
        self.assertEqual(words['ricevuta']['articles'], 2)
        self.assertTrue(words['la']['function'] and not words['ricevuta']['function'])
        self.assertLess(words['la']['weight'], words['ricevuta']['weight'])
        self.assertGreater(words['scontrino']['rarity'], words['ricevuta']['rarity'])
        first = told['candidates'][0]
        self.assertEqual((first['id'], first['title']), ('ricevuta', 'Dove trovo la ricevuta'))
        places = {word['word']: word['places'] for word in first['words']}
        self.assertEqual(places['ricevuta'], ['title', 'questions'])
        self.assertEqual((places['scontrino'], places['posta']), (['keywords'], ['body']))
        self.assertNotIn('vedo', places)

    def test_weights_of_words_add_up_to_bm25(self):
        told = self.explain('la ricevutta del pagamento che mi serve non arriva')
        whole = sum(word['rarity'] for word in told['words'])
        self.assertGreaterEqual(len(told['candidates']), 3)
        for candidate in told['candidates']:
            part = sum(word['weight'] for word in candidate['words'])
            self.assertAlmostEqual(part / whole, candidate['features']['bm25'], places=2, msg=candidate['id'])

    def test_codes(self):
        told = self.explain('che vuol dire PAA_PAGAMENTO_DUPLICATO?')
        word = self.named(told['candidates'][0]['words'])['paa_pagamento_duplicato']
        self.assertIn('codes', word['places'])
        self.assertIn('gia-pagato', told['why'])

    def test_nearest_phrasing_and_its_cosine(self):
        first = self.explain('il codice otp oggi non arriva')['candidates'][0]
        self.assertEqual(first['phrasing']['text'], 'il codice otp non arriva')
        self.assertTrue(0.5 < first['phrasing']['cosine'] < 1)
        self.assertEqual(first['phrasing']['cosine'], first['features']['phrase-cosine'])
        exact = self.explain('il codice otp non arriva')['candidates'][0]
        self.assertAlmostEqual(exact['phrasing']['cosine'], 1, places=3)

    def test_correction(self):
        told = self.explain('dove sta la ricevutta')
        self.assertEqual(told['corrected'], 'dove sta la ricevuta')
        word = self.named(told['words'])['ricevutta']
        self.assertEqual((word['corrected'], word['articles'], word['known']), ('ricevuta', 0, True))
        self.assertEqual(self.named(told['candidates'][0]['words'])['ricevutta']['form'], 'corrected')

    def test_synonym(self):
        told = self.explain('dove sta la quietanza di pagamento', '--audience', 'agent-l1')
        self.assertIn('ricevuta', self.named(told['words'])['quietanza']['synonyms'])
        told = self.explain('ricevuta', '--audience', 'agent-l1')
        self.assertEqual(
            sorted(told['words'][0]['synonyms']), ['quietanza di pagamento', 'registro quokkarino'], 'as they were written'
        )
        told = self.explain('quietanza di pagamento')
        paid = self.named(told['candidates'], 'id')['gia-pagato']['words']
        self.assertEqual({word['word']: word['form'] for word in paid}, {'quietanza': 'synonym', 'pagamento': 'typed'})

    def test_candidates_are_those_of_the_decision(self):
        answer = self.ask('non arriva la ricevuta del pagamento con il codice', '--explain')
        told = answer['explain']['candidates']
        self.assertLessEqual(len(told), 5)
        self.assertGreaterEqual(len(told), 2)
        self.assertEqual(
            [(c['id'], c['score']) for c in told], [(a['id'], a['score']) for a in answer['articles'][: len(told)]]
        )
        shares = [candidate['share'] for candidate in told]
        self.assertEqual(shares, sorted(shares, reverse=True))
        self.assertLessEqual(sum(shares), 1.001)

    def test_why(self):
        sure = self.explain('il codice otp oggi non arriva ancora')
        self.assertEqual(sure['reason'], 'sure')
        self.assertGreaterEqual(sure['confidence'], sure['threshold'])
        told = re.match(r'Answered: confidence (0\.\d+) reaches the threshold (0\.\d+),', sure['why'])
        self.assertAlmostEqual(float(told[1]), sure['confidence'], delta=0.001)
        self.assertAlmostEqual(float(told[2]), sure['threshold'], delta=0.001)
        for text, reason, start in (
            ('vorrei sapere se il mio vicino di casa può parcheggiare il gestore davanti al mio cancello', 'no-answer', 'No answer: confidence'),
            ('ricevuta fiscale del dentista da detrarre', 'choices', 'Asked back: confidence'),
            ('quando arriva', 'too-vague', 'Asked back: the message says too little'),
        ):
            told = self.explain(text)
            self.assertEqual(told['reason'], reason, text)
            self.assertTrue(told['why'].startswith(start), told['why'])
            self.assertEqual('below the threshold' in told['why'], reason != 'too-vague')
            if reason != 'too-vague':
                self.assertLess(told['confidence'], told['threshold'])
        # A thing is named and nothing asked about it: it must be surer than else.
        self.assertEqual([self.explain(text)['threshold'] for text in ('problema con il gestore', 'come cambio il gestore')], [0.85, sure['threshold']])

    def test_cues_and_what_was_searched(self):
        told = self.explain('Buongiorno, il codice otp non arriva')
        self.assertEqual(told['searched'], 'il codice otp non arriva')
        self.assertEqual(told['cues'], [{'cue': 'greeting', 'words': ['buongiorno']}, {'cue': 'denial', 'words': ['non']}])
        self.assertNotIn('buongiorno', self.named(told['words']))
        told = self.explain('voglio parlare con un operatore')
        self.assertEqual(told['reason'], 'person')
        self.assertIn('operatore', told['cues'][0]['words'])

    def test_a_case(self):
        told = self.explain("ho pagato 54,20 euro il 3 marzo, l'avviso risulta da pagare, potete controllare?")
        self.assertEqual(told['reason'], 'case')
        self.assertGreaterEqual(told['case_score'], 2)
        self.assertIn(f'{told["case_score"]:.2f}', told['why'])

    def test_personal_data_is_masked(self):
        told = self.explain("la ricevuta per l'iban IT60X0542811101000000123456")
        self.assertEqual(told['searched'], "la ricevuta per l'iban <iban>")
        self.assertNotIn('IT60X', json.dumps({k: told[k] for k in told}).upper())

    def test_odd_messages(self):
        for text in ('???', 'qwzrtpl xkvbnm', 'a' * 2000, ' '.join(f'w{i}' for i in range(300)), '😀', "' OR 1=1 --"):
            told = self.explain(text)
            self.assertTrue(told['why'], text)
        self.assertIn('No article could answer.', self.say('qwzrtpl xkvbnm').out)

    # ---- on the terminal ----

    def test_text_in_the_terminals_language(self):
        for lang, parts in (
            ('it', ('Risposta data', 'fiducia', 'soglia', 'titolo, domande', 'formulazione più vicina')),
            ('en', ('Answered', 'confidence', 'threshold', 'title, questions', 'nearest phrasing')),
            ('de', ('Beantwortet', 'Sicherheit', 'Schwelle', 'Titel, Fragen', 'nächste Formulierung')),
        ):
            done = self.say('mi serve la ricevuta', lang=lang)
            self.assertEqual(done.code, OK)
            for part in parts:
                self.assertIn(part, done.out, str(done))
            self.assertNotIn('explain.', done.out, 'a text is missing')
            told = self.say('dove stta la ricevutta, operatore?', lang=lang)
            self.assertNotIn('explain.', told.out)

    def test_every_reason_has_its_sentence(self):
        header = read(os.path.join(ROOT, 'include', 'sportello', 'answer.h'))
        reasons = re.findall(r'X\(SP_REASON_\w+, "([a-z-]+)"\)', header)
        self.assertGreater(len(reasons), 10)
        for lang in ('it', 'en', 'de'):
            texts = read(os.path.join(ROOT, 'web', 'texts', lang, 'cmd.properties'))
            for reason in reasons:
                self.assertIn(f'\nexplain.why.{reason} = ', texts, lang)

    def test_help(self):
        done = self.ends(OK, 'help', 'ask')
        self.assertIn('[--explain]', done.out)


class Sealed(WithSmall):
    """An explanation for a citizen knows nothing of what agents read."""

    # Slips, so that what was typed is no sealed word itself.
    QUESTIONS = (
        'la ricevuta',
        'quietanza di pagamento persa',
        'il reparto ornitorimco',
        'sistema caleidoscopo',
        'il regisstro quokarino',
        'procedurra riservatta',
        'scallata interna del reparto',
        'Chiama il reparto',
        'verifica con il sistema',
    )

    def test_no_word_phrasing_or_article_of_agents(self):
        for text in self.QUESTIONS:
            for more in ((), ('--json',)):
                done = self.say(text, *more)
                self.assertIn(done.code, (OK, NO), str(done))
                for word in SEALED:
                    self.assertNotIn(word, done.out.lower(), str(done))

    def test_the_same_questions_of_an_agent_name_them(self):
        """So the test above can fail."""
        told = ' '.join(self.say(text, '--audience', 'agent-l1').out.lower() for text in self.QUESTIONS)
        for word in SEALED:
            self.assertIn(word, told)

    def test_a_sealed_word_is_as_unknown_as_one_that_nobody_has(self):
        sealed, nowhere = (
            self.explain(f'la ricevuta e il {word}') for word in ('caleidoscopio', 'xilofonista')
        )
        for told in (sealed, nowhere):
            word = told['words'][1]
            self.assertEqual((word['articles'], word['known'], word['synonyms']), (0, False, []))
            for member in ('words', 'searched'):
                told.pop(member)
        self.assertEqual(sealed['threshold'], nowhere['threshold'])
        self.assertEqual([c['words'] for c in sealed['candidates']], [c['words'] for c in nowhere['candidates']])

    def test_articles_are_counted_of_the_own_index(self):
        citizen = self.named(self.explain('ricevuta interna')['words'])
        agent = self.named(self.explain('ricevuta interna', '--audience', 'agent-l1')['words'])
        self.assertEqual((citizen['interna']['articles'], agent['interna']['articles']), (0, 1))


class Vectors(Case):
    def test_with_sentence_vectors(self):
        kb = small_kb(self.path('kb'), KB_YAML + SYNONYMS, FILES)
        call = ['ask', '--encoder', 'e5', '--kb', kb, '--data', self.path('data'), '--explain', '--json', '--']
        done = run(*call, 'non mi è giunta la password usa e getta')
        if done.code not in (OK, NO) and 'this build has no sentence encoder' in done.err:
            self.skipTest('this build has no e5')
        self.assertIn(done.code, (OK, NO), str(done))
        told = done.json()['explain']
        self.assertEqual(told['vectors'], 'used')
        self.assertEqual(sorted(told['kinds']), ['abuse', 'case', 'off-topic', 'person', 'smalltalk'])
        self.assertNotEqual(told['candidates'][0]['features']['near-all'], 0)
        told = run(*call, 'il codice otp non arriva').json()['explain']
        self.assertEqual((told['reason'], told['vectors']), ('known-phrasing', 'not-needed'))
        self.assertEqual(told['candidates'][0]['features']['near-all'], 0)

    def test_questions_that_no_article_answers(self):
        kb = small_kb(self.path('kb'), KB_YAML, FILES)
        asked = 'come rinnovo il passaporto di mio figlio'
        call = ['ask', '--encoder', 'e5', '--kb', kb, '--data', self.path('data'), '--explain', '--json', '--', asked]
        done = run(*call)
        if done.code not in (OK, NO) and 'this build has no sentence encoder' in done.err:
            self.skipTest('this build has no e5')
        self.assertNotIn('unanswered', done.json()['explain'])
        lines_file(os.path.join(kb, 'labelled.jsonl'), [{'question': 'rinnovare il passaporto a un bambino', 'lang': 'it', 'expect': 'ticket', 'articles': []}])
        told = run(*call).json()
        self.assertGreater(told['explain']['unanswered'], 0.2)
        self.assertNotEqual(told['decision'], 'answer')
        known = run(*call[:-1], 'non mi è giunta la password usa e getta').json()
        self.assertLess(known['explain']['unanswered'], 0.1)

    def test_an_encoder_that_does_not_answer(self):
        kb, data, fake = small_kb(self.path('kb'), KB_YAML, FILES), self.path('data'), Fake()
        self.addCleanup(fake.stop)
        token = self.ends(OK, 'token', 'add', '--data', data, '--audience', 'agent-l1', '--role', 'agent', '--subject', 'ada')
        header = {'Authorization': 'Bearer ' + re.search(r'spt_\S+', token.out)[0]}
        with Service(kb, data, '--encoder', fake.address, '--encoder-model', 'test') as service:

            def vectors(message):
                status, turn = service.call('POST', '/v1/chat', {'message': message, 'explain': True}, header)
                self.assertEqual(status, 200, turn)
                return turn['explain']['vectors']

            self.assertEqual(vectors('aspetto il codice che manda il gestore'), 'used')
            fake.stop()
            self.assertEqual(vectors('aspetto una password che manda il gestore'), 'busy')
            self.assertEqual(vectors('il codice otp non arriva'), 'not-needed')


if __name__ == '__main__':
    unittest.main()
