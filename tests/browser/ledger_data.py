"""Fills a store's ledger with contacts that are always the same: python3 ledger_data.py STORE.db LAST-DAY [CONTACTS-A-MONTH].

The store must be there (any command makes it) and nobody may have it open. Prints, as JSON, what it put in by month: how each contact
was meant to end, so that a test can compare it with what is shown."""
import datetime
import json
import random
import sqlite3
import sys
import zoneinfo

CATEGORIES = {"accesso": 46, "pagamenti": 30, "cashback": 17, "": 7}
ARTICLES = {"accesso": ["spid-codice", "cie-pin", "procedura-accesso"], "pagamenti": ["pago-due-volte", "avviso-pagamento"], "cashback": ["cashback"], "": [""]}
CHANNELS = {"web": 60, "app": 30, "phone": 7, "email": 3}
LANGS = {"it": 90, "en": 7, "de": 3}
OUTCOMES = {"resolved_confirmed": 30, "resolved_assumed": 38, "tickets": 20, "abandoned": 12}
HOURS = [1, 1, 1, 1, 1, 2, 6, 15, 40, 70, 80, 75, 60, 50, 62, 68, 60, 48, 35, 26, 20, 14, 8, 3]
DAYS = [10, 10, 9, 9, 8, 3, 2]
ROME = zoneinfo.ZoneInfo("Europe/Rome")
OPENED, TURN, FEEDBACK, TICKET, ESCALATE, GIVE_BACK, CLOSE, WRONG = 1, 2, 3, 4, 6, 7, 9, 11


class Ledger:
    def __init__(self, path):
        self.db = sqlite3.connect(path)
        self.number = self.db.execute("SELECT coalesce(max(number), 0) FROM ledger").fetchone()[0]
        self.words, self.events, self.tickets = {"": 0}, [], 0

    def word(self, text):
        if text not in self.words:
            self.db.execute("INSERT OR IGNORE INTO ledger_words (word) VALUES (?)", (text,))
            self.words[text] = self.db.execute("SELECT id FROM ledger_words WHERE word = ?", (text,)).fetchone()[0]
        return self.words[text]

    def add(self, at, kind, contact=0, ticket=0, decision=4, category="", channel="", lang="", article="", group="", level=0, took=0, value=0):
        words = [self.word(text) for text in (category, channel, lang, "citizen", article, group)]
        self.events.append((at, kind, contact, ticket, decision, 0, *words, level, 900, took, value))

    def write(self):
        self.events.sort(key=lambda event: event[0])
        rows = [(self.number + 1 + i, *event) for i, event in enumerate(self.events)]
        self.db.executemany(f"INSERT INTO ledger VALUES ({','.join('?' * 17)})", rows)
        self.db.execute("UPDATE ledger_state SET version = 0")
        self.db.commit()


def moment(rng, year, month, last_day):
    days = [datetime.date(year, month, day) for day in range(1, last_day + 1)]
    day = rng.choices(days, [DAYS[day.weekday()] for day in days])[0]
    at = datetime.datetime(day.year, day.month, day.day, rng.choices(range(24), HOURS)[0], rng.randrange(60), rng.randrange(60), tzinfo=ROME)
    return int(at.timestamp())


def pick(rng, weights):
    return rng.choices(list(weights), list(weights.values()))[0]


def contact(ledger, rng, number, at):
    category, channel, lang, outcome = pick(rng, CATEGORIES), pick(rng, CHANNELS), pick(rng, LANGS), pick(rng, OUTCOMES)
    about = {"category": category, "channel": channel, "lang": lang}
    article = rng.choice(ARTICLES[category])
    ledger.add(at, OPENED, number, channel=channel)
    if rng.random() < 0.3:
        ledger.add(at + 1, TURN, number, decision=1, took=rng.randrange(5, 60), **about)
    if outcome == "abandoned":
        ledger.add(at + 2, TURN, number, decision=1, took=20, **about)
    else:
        ledger.add(at + 30, TURN, number, decision=0, article=article, took=rng.randrange(4, 300), value=int(rng.random() < 0.04), **about)
    if outcome == "resolved_confirmed":
        ledger.add(at + 90, FEEDBACK, number, channel=channel, value=1)
    if outcome == "tickets":
        ledger.add(at + 100, FEEDBACK, number, channel=channel, value=0)
        ledger.add(at + 120, TURN, number, decision=2, took=10, **about)
        ticket(ledger, rng, number, at + 180, article, about)
    return outcome


def ticket(ledger, rng, number, at, article, about):
    ledger.tickets += 1
    own = {"contact": number, "ticket": 1000000 + ledger.tickets, "article": article, **about}
    ledger.add(at, TICKET, group="primo", level=1, value=1, **own)
    if rng.random() < 0.2:
        ledger.add(at + 3600, ESCALATE, group="secondo", level=2, value=2, **own)
        if rng.random() < 0.25:
            ledger.add(at + 7200, GIVE_BACK, group="primo", level=1, value=1, **own)
        level = 2
    else:
        level = 1
    if rng.random() < 0.03:
        ledger.add(at + 8000, WRONG, ticket=own["ticket"], article=article, **about)
    if rng.random() < 0.9:
        ledger.add(at + 86400, CLOSE, group="primo" if level == 1 else "secondo", level=level, **own)


def main():
    path, last = sys.argv[1], datetime.date.fromisoformat(sys.argv[2])
    a_month, months = int(sys.argv[3]) if len(sys.argv) > 3 else 400, 12
    ledger, rng, number, told = Ledger(path), random.Random(8), 0, {}
    for back in range(months - 1, -1, -1):
        year, month = divmod(last.year * 12 + last.month - 1 - back, 12)
        month += 1
        until = last.day if back == 0 else (datetime.date(year + month // 12, month % 12 + 1, 1) - datetime.timedelta(1)).day
        counts = dict.fromkeys(OUTCOMES, 0)
        for _ in range(0 if back == 7 else int(a_month * (0.6 + 0.1 * (months - back)) * (until / 30))):  # a month in which nothing was
            number += 1
            counts[contact(ledger, rng, number, moment(rng, year, month, until))] += 1
        told[f"{year}-{month:02}"] = counts
    ledger.write()
    print(json.dumps(told))


main()
