"""sportello doctor: each fault that it knows is made, and it must name it, with its place and a remedy."""

import os
import sqlite3
import unittest

from program import FAILED, NO, OK, USAGE, Case, Service, article, read, write


class Doctor(Case):
    def setUp(self):
        super().setUp()
        self.data = self.path('data')
        self.kb()

    def used(self):
        """A data folder that a service used, closed to others."""
        os.makedirs(self.data, mode=0o700)
        with Service(self.path('kb'), self.data) as service:
            service.call('POST', '/v1/chat', {'message': 'il codice otp non arriva'})

    def doctor(self, code, *more):
        return self.ends(code, 'doctor', '--kb', self.path('kb'), '--data', self.data, '--encoder', 'none', '--json', *more).json()

    def finding(self, check, what, place, state='error', args=()):
        """It is told, with a remedy and no key left without a text; nothing worse than told is beside it."""
        told = self.doctor(NO, *args)
        rows = [row for row in told['checks'] if row['check'] == check and row.get('finding') == what]
        self.assertEqual([(row['state'], row['place']) for row in rows], [(state, place)], told)
        for lang in ('it', 'en', 'de'):
            row = next(r for r in self.ends(NO, 'doctor', '--kb', self.path('kb'), '--data', self.data, '--encoder', 'none', '--json', *args,
                                            lang=lang).json()['checks'] if r['check'] == check and r.get('finding') == what)
            self.assertGreater(len(row['remedy']), 12)
            self.assertNotIn('doctor.', row['message'] + row['remedy'])
        self.assertGreaterEqual(told['errors'] + told['warnings'], 1)
        return rows[0]

    def test_all_is_well(self):
        self.used()
        told = self.doctor(OK)
        self.assertEqual((told['errors'], told['warnings']), (0, 0))
        self.assertLessEqual({'kb', 'data', 'disk', 'store', 'ledger', 'audit', 'outbox', 'index', 'encoder', 'listen', 'clock', 'files', 'watches'},
                             {row['check'] for row in told['checks']})
        text = self.ends(OK, 'doctor', '--kb', self.path('kb'), '--data', self.data, '--encoder', 'none').out
        self.assertIn('errors: 0; warnings: 0', text)

    def test_beside_a_running_service_nothing_is_changed(self):
        os.makedirs(self.data, mode=0o700)
        with Service(self.path('kb'), self.data) as service:
            service.call('POST', '/v1/chat', {'message': 'il codice otp non arriva'})
            self.doctor(OK)
            self.assertEqual(service.call('GET', '/readyz')[0], 200)

    def test_a_new_folder_is_a_warning_only_that_it_is_missing(self):
        self.finding('data', 'missing', self.data, 'warning')

    def test_kb(self):
        self.used()
        write(self.path('kb', 'it', 'accesso', 'rotto.md'), article('rotto', 'Rotto', 'Testo.', category='manca'))
        self.finding('kb', 'findings', self.path('kb'), 'warning')
        write(self.path('kb', 'kb.yaml'), 'languages: [xx')
        row = [r for r in self.doctor(NO)['checks'] if r['check'] == 'kb'][0]
        self.assertEqual((row['state'], row['place'][:len(self.path('kb', 'kb.yaml'))]), ('error', self.path('kb', 'kb.yaml')))

    def test_rights(self):
        self.used()
        os.chmod(os.path.join(self.data, 'store.sqlite'), 0o644)
        self.finding('rights', 'open', os.path.join(self.data, 'store.sqlite'))
        os.chmod(os.path.join(self.data, 'store.sqlite'), 0o600)
        os.chmod(self.data, 0o707)
        self.finding('data', 'open', self.data)
        os.chmod(self.data, 0o700)
        key = self.path('key')
        write(key, 'segreto')
        os.chmod(key, 0o644)
        row = self.finding('secret', 'open', key, args=('--encoder-key-file', key))
        self.assertNotIn('segreto', str(row))

    def test_store_and_attachments(self):
        self.used()
        with sqlite3.connect(os.path.join(self.data, 'store.sqlite')) as db:
            db.execute("INSERT INTO tickets (number, secret, state, level, top_level, lang, message, created_utc_s, updated_utc_s, revision) "
                       "VALUES (1001, 's', 'new', 1, 1, 'it', 'non entro', 1795521600, 1795521600, 1)")
            db.execute("INSERT INTO attachments VALUES ('abcdef', 1001, 'foto.png', 'image/png', 4, 1795521600, 'citizen', NULL, 1)")
        db.close()
        row = self.finding('attachments', 'missing', self.data)
        self.assertEqual(row['detail'], 'abcdef')
        path = os.path.join(self.data, 'store.sqlite')
        with open(path, 'r+b') as file:
            for at in range(4096 * 3, os.path.getsize(path), 4096):
                file.seek(at)
                file.write(b'\xff' * 64)
        self.finding('store', 'damaged', path)

    def test_versions_of_the_store(self):
        self.used()
        path = os.path.join(self.data, 'store.sqlite')
        with sqlite3.connect(path) as db:
            db.execute('PRAGMA user_version = 99')
        db.close()
        self.finding('store', 'newer', path)

    def test_the_key_of_people(self):
        """A service does not start with a short one, and forgets who is who with a new one."""
        self.used()
        path = os.path.join(self.data, 'person.key')
        with open(path, 'r+b') as file:
            file.truncate(10)
        self.finding('key', 'short', path)
        self.says(self.ends(FAILED, 'backup', 'make', self.path('backup'), '--data', self.data), 'person.key')
        os.remove(path)
        self.finding('key', 'missing', path, 'warning')

    def test_a_store_of_nothing(self):
        """A machine that lost power may leave it: SQLite takes it for a new one."""
        self.used()
        path = os.path.join(self.data, 'store.sqlite')
        with open(path, 'r+b') as file:
            file.truncate(0)
        self.assertIn('restore', self.finding('store', 'failed', path)['detail'])

    def test_a_store_that_was_there(self):
        """As a restore leaves it that was cut off: the store comes last."""
        self.used()
        path = os.path.join(self.data, 'store.sqlite')
        os.remove(path)
        self.finding('store', 'lost', path)
        for command in (['serve', '--kb', self.path('kb'), '--listen', '127.0.0.1:0', '--encoder', 'none'], ['token', 'add', '--subject', 'a', '--audience', 'agent-l1']):
            self.says(self.ends(FAILED, *command, '--data', self.data), path, 'is missing, and was there', 'restore the last backup')
        self.assertFalse(os.path.exists(path))

    def test_ledger_audit_and_outbox(self):
        self.used()
        self.ends(OK, 'token', 'add', '--subject', 'a', '--audience', 'agent-l1', '--data', self.data)
        with sqlite3.connect(os.path.join(self.data, 'store.sqlite')) as db:
            for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'audit'").fetchall():
                db.execute(f'DROP TRIGGER {name}')
            db.execute("UPDATE audit SET subject = 'altri'")
            db.execute("INSERT INTO tickets (number, secret, state, level, top_level, lang, message, created_utc_s, updated_utc_s, revision) "
                       "VALUES (1001, 's', 'new', 1, 1, 'it', 'non entro', 1795521600, 1795521600, 1)")
            db.execute("INSERT INTO outbox (connector, ticket, revision, dead, made_utc_s, cause) VALUES ('x', 1001, 1, 1, 1795521600, 'HTTP 400')")
            db.execute('DELETE FROM ledger_cells')
        db.close()
        self.finding('audit', 'broken', self.data)
        self.finding('outbox', 'dead', self.data, 'warning')
        self.finding('ledger', 'wrong', self.data)

    def test_outbox_that_has_waited_long(self):
        self.used()
        with sqlite3.connect(os.path.join(self.data, 'store.sqlite')) as db:
            db.execute("INSERT INTO tickets (number, secret, state, level, top_level, lang, message, created_utc_s, updated_utc_s, revision) "
                       "VALUES (1001, 's', 'new', 1, 1, 'it', 'non entro', 1795521600, 1795521600, 2)")
            db.execute("INSERT INTO outbox (connector, ticket, revision, made_utc_s, cause) VALUES ('desk', 1001, 1, 1795521600, 'HTTP 401: no')")
            db.execute("INSERT INTO outbox (connector, ticket, revision, made_utc_s) VALUES ('desk', 1001, 2, 1795521700)")
        db.close()
        row = self.finding('outbox', 'late', self.data, 'warning')
        self.assertEqual(row['detail'], 'desk: 2, 2026-11-24T12:00:00Z: HTTP 401: no')
        # Behind one that was given up, that one is told.
        with sqlite3.connect(os.path.join(self.data, 'store.sqlite')) as db:
            db.execute('UPDATE outbox SET dead = 1 WHERE revision = 1')
        db.close()
        self.finding('outbox', 'dead', self.data, 'warning')
        self.assertNotIn('late', [r.get('finding') for r in self.doctor(NO)['checks']])

    def test_index(self):
        self.used()
        generation = os.path.join(self.data, 'index', read(os.path.join(self.data, 'index', 'CURRENT')).strip())
        seal = os.path.join(generation, 'citizen', 'SEAL')
        write(seal, 'x')
        self.finding('index', 'broken', os.path.join(generation, 'citizen'), 'warning')

    def test_clock_behind_the_store(self):
        self.used()
        path = os.path.join(self.data, 'store.sqlite')
        os.utime(path, (4102444800, 4102444800))
        self.finding('clock', 'behind', path, 'warning')

    def test_settings(self):
        self.used()
        self.finding('listen', 'plain', '0.0.0.0:8080', 'warning', args=('--listen', '0.0.0.0:8080'))
        self.finding('web', 'missing', '/nirgends', args=('--web', '/nirgends'))
        config = self.path('sportello.conf')
        write(config, 'liste: 127.0.0.1:1\n')
        row = [r for r in self.doctor(NO, '--config', config)['checks'] if r['check'] == 'config'][0]
        self.assertEqual((row['state'], row['place']), ('error', config + ':1'))
        connector = self.path('connector.yaml')
        write(connector, 'connector: webhook\nurl: https://desk.example/hook\nsecret: {file: manca}\n')
        row = [r for r in self.doctor(NO, '--connector', connector)['checks'] if r['check'] == 'connector'][0]
        self.assertEqual(row['state'], 'error')
        self.assertTrue(row['place'].startswith(self.folder), row)

    def connector(self, more='', secret='geheim\n'):
        write(self.path('secret'), secret)
        os.chmod(self.path('secret'), 0o600)
        write(self.path('connector.yaml'), 'connector: servicenow\nurl: https://desk.example\ntable: incident\nauth: {user: a, password: {file: secret}}\n' + more)
        return self.path('connector.yaml')

    def test_what_a_connector_names(self):
        self.used()
        path = self.connector()
        self.assertIn(('secret', 'ok'), {(row['check'], row['state']) for row in self.doctor(OK, '--connector', path)['checks']})
        os.chmod(self.path('secret'), 0o644)
        self.finding('secret', 'open', self.path('secret'), args=('--connector', path))
        self.connector('groups: {nessuno: X}\npriorities: {high: "1", default: "3", accesso: "2"}\ncategories: {accesso: y}\n')
        row = self.finding('connector', 'stranger', path, 'warning', args=('--connector', path))
        self.assertEqual(row['detail'], 'groups: nessuno')
        with Service(self.path('kb'), self.data, '--connector', path) as service:
            self.assertTrue(service.hears(f'{path}: groups: nessuno: kb.yaml does not have that word'))
            self.assertNotIn('priorities', service.stop()[1])
        self.connector('ca_file: manca.pem\n')
        row = [r for r in self.doctor(NO, '--connector', path)['checks'] if r['check'] == 'connector'][0]
        self.assertEqual((row['state'], row['place']), ('error', path + ':5'))
        self.assertIn('manca.pem cannot be read: No such file', row['detail'])
        write(self.path('identity.yaml'), 'ca_file: manca.pem\nprovider: {issuer: https://id.example, client_id: x, name: X}\n')
        row = [r for r in self.doctor(NO, '--identity', self.path('identity.yaml'))['checks'] if r['check'] == 'identity'][0]
        self.assertEqual((row['state'], row['place']), ('error', self.path('identity.yaml') + ':1'))
        self.assertIn('manca.pem cannot be read: No such file', row['detail'])

    def test_a_mark_of_an_editor_in_front(self):
        self.used()
        path = self.connector(secret='\ufeffgeheim\r\n')
        write(path, '\ufeff' + read(path))
        self.assertIn(('connector', 'ok'), {(row['check'], row['state']) for row in self.doctor(OK, '--connector', path)['checks']})

    def test_the_encoder_is_asked(self):
        self.used()
        told = self.ends(NO, 'doctor', '--kb', self.path('kb'), '--data', self.data, '--encoder', 'http://127.0.0.1:9', '--json').json()
        row = [r for r in told['checks'] if r['check'] == 'encoder'][0]
        self.assertEqual((row['state'], row['place']), ('error', 'http://127.0.0.1:9/v1/embeddings'))

    def test_wrong_calls(self):
        self.ends(USAGE, 'doctor')
        self.ends(USAGE, 'doctor', '--kb', self.path('kb'))


if __name__ == '__main__':
    unittest.main()
