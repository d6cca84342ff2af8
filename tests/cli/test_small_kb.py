"""What a new customer has on the first day: a few articles without phrasings, by words alone. Few of the words in which people ask stand in them:
what is beside them must not be answered, nor sent away as nothing that the service is about."""

import os
import re
import shutil

from program import OK, WithIndex, run, temporary

ARTICLES = {
    'adottare-cane': ('Adottare un cane', 'Si viene a conoscerlo tre volte. Poi si firma il modulo e lo si porta a casa con il suo libretto.'),
    'adottare-gatto': ('Adottare un gatto', 'I gatti si danno in coppia. Si prenota un colloquio di mezz\'ora, anche il sabato.'),
    'cane-trovato': ('Ho trovato un cane per strada', 'Si chiama la polizia locale, che legge il microchip. Non lo si porta qui da soli.'),
    'orari': ('Orari del rifugio', 'Aperto il martedì, il giovedì e il sabato dalle 14 alle 18.'),
    'donazioni': ('Fare una donazione', 'Con un bonifico, o scrivendo alla tesoriera per un lascito. La ricevuta vale per la dichiarazione dei redditi.'),
    'padrino': ('Adozione a distanza', 'Con 15 euro al mese si mantiene un animale anziano. Ogni stagione arriva una sua fotografia.'),
    'restituire': ('Restituire un animale adottato', 'Nei primi due mesi lo riprendiamo. Dopo, cerchiamo insieme una famiglia.'),
    'sterilizzare': ('Sterilizzazione', 'Chi adotta un cucciolo lo fa sterilizzare entro l\'anno; paga il rifugio.'),
}


def shelter(folder):
    """A starter whose examples were replaced by an animal shelter's articles."""
    kb = os.path.join(folder, 'kb')
    if run('new', 'kb', kb, '--lang', 'it').code != OK:
        raise AssertionError('no starter')
    with open(os.path.join(kb, 'kb.yaml'), encoding='utf-8') as file:
        category = re.search(r'^categories:\n  ([\w-]+):', file.read(), re.M)[1]
    shutil.rmtree(os.path.join(kb, 'it'))
    os.makedirs(os.path.join(kb, 'it', category))
    for name, (title, text) in ARTICLES.items():
        with open(os.path.join(kb, 'it', category, name + '.md'), 'w', encoding='utf-8') as file:
            file.write(f'---\nid: {name}\ntype: qa\ntitle: {title}\ncategory: {category}\naudience: [citizen]\nstatus: published\nupdated: 2026-11-20\n'
                       f'owner: Rifugio\nreview_by: 2027-11-20\n---\n\n{text}\n')
    return kb


class SmallKnowledgeBase(WithIndex):
    @classmethod
    def setUpClass(cls):
        folder = temporary()
        cls.addClassCleanup(shutil.rmtree, folder, ignore_errors=True)
        cls.kb_of_class = shelter(folder)
        super().setUpClass()

    def test_what_an_article_is_about_is_answered(self):
        for text, article in (('vorrei adottare un cane', 'adottare-cane'), ('posso restituire un animale?', 'restituire'), ('orari', 'orari')):
            got = self.ask(text)
            self.assertEqual((got['decision'], got['article']), ('answer', article), got)

    def test_one_word_of_a_text_is_no_answer(self):
        """Only one article has any of the words; among so few that says nothing."""
        for text in ('mi scrivi il discorso per il matrimonio', 'quanto guadagna la polizia', 'con che mese comincia la primavera', 'la casa di mia nonna in campagna'):
            self.assertNotEqual(self.ask(text)['decision'], 'answer', text)

    def test_words_that_no_article_has_may_be_asked_of_us(self):
        for text in ('volevo regalarvi delle coperte', 'si può venire da voi con una scolaresca?', 'fate pensione durante le ferie'):
            got = self.ask(text)
            self.assertEqual((got['decision'], got['reason']), ('ticket', 'no-answer'), got)

    def test_what_is_off_topic_elsewhere_is_our_subject(self):
        for text in ('il cane del vicino abbaia sempre', 'che cosa mangia un gatto'):
            self.assertNotEqual(self.ask(text)['reason'], 'off-topic', text)

    def test_and_what_is_off_topic_everywhere_is_not(self):
        for text in ('raccontami una barzelletta', 'che tempo fa domani', 'una ricetta per la cena'):
            got = self.ask(text)
            self.assertEqual((got['decision'], got['reason']), ('none', 'off-topic'), got)

    def test_a_person_of_whatever_trade(self):
        for text in ('vorrei parlare con la veterinaria', 'posso parlare con un volontario?', 'vorrei un appuntamento con qualcuno'):
            got = self.ask(text)
            self.assertEqual((got['decision'], got['reason']), ('ticket', 'person'), got)
