"""sportello backup: made while the service writes, checked, restored, compared."""

import fcntl
import hashlib
import json
import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import threading
import unittest

from program import BIN, FAILED, NO, OK, USAGE, Case, Service, eventually, read, write


def dump(folder):
    """All that the store holds, as SQL."""
    with sqlite3.connect(os.path.join(folder, 'store.sqlite')) as db:
        lines = list(db.iterdump())
    db.close()
    return lines


def files(folder, *parts):
    found = {}
    for where, _, names in os.walk(os.path.join(folder, *parts)):
        for name in names:
            path = os.path.join(where, name)
            with open(path, 'rb') as file:
                found[os.path.relpath(path, folder)] = file.read()
    return found


class Backup(Case):
    def setUp(self):
        super().setUp()
        self.data = self.path('data')
        self.to = self.path('backup')

    def make(self, code=OK, *more):
        return self.ends(code, 'backup', 'make', self.to, '--data', self.data, '--json', *more)

    def ask(self, service, text='il codice otp non arriva'):
        status, body = service.call('POST', '/v1/chat', {'message': text})
        self.assertEqual(status, 200, body)
        return body['conversation']

    def filled(self):
        """A folder as a service left it, with two conversations and an attachment that a row names."""
        with Service(self.kb(), self.data) as service:
            self.ask(service)
            self.ask(service, 'risulta pagato')
        os.makedirs(os.path.join(self.data, 'attachments'), mode=0o700)
        write(os.path.join(self.data, 'attachments', 'abcdef'), b'\x89PNG')
        with sqlite3.connect(os.path.join(self.data, 'store.sqlite')) as db:
            db.execute("INSERT INTO tickets (number, secret, state, level, top_level, lang, message, created_utc_s, updated_utc_s, revision) "
                       "VALUES (1001, 's', 'new', 1, 1, 'it', 'non entro', 1795521600, 1795521600, 1)")
            db.execute("INSERT INTO attachments VALUES ('abcdef', 1001, 'foto.png', 'image/png', 4, 1795521600, 'citizen', NULL, 1)")
        db.close()

    def test_beside_a_service_that_writes(self):
        """What the backup has is what was acknowledged before, all of it; and the service never had to wait for long."""
        kept, stop, failed = [], threading.Event(), []
        with Service(self.kb(), self.data) as service:
            def write_on():
                while not stop.is_set():
                    try:
                        kept.append(self.ask(service))
                    except Exception as problem:  # noqa: BLE001 - told below
                        failed.append(problem)
                        return
            writers = [threading.Thread(target=write_on) for _ in range(3)]
            for thread in writers:
                thread.start()
            while len(kept) < 30 and not failed:
                stop.wait(0.01)
            before, made = list(kept), self.make().json()
            while len(kept) < len(before) + 30 and not failed:
                stop.wait(0.01)
            stop.set()
            for thread in writers:
                thread.join()
        self.assertEqual(failed, [])
        self.assertGreaterEqual(made['conversations'], len(before))
        self.assertLess(made['conversations'], len(kept))
        self.ends(OK, 'backup', 'verify', self.to)
        self.ends(OK, 'backup', 'restore', self.to, '--data', self.path('again'))
        with sqlite3.connect(self.path('again', 'store.sqlite')) as db:
            found = {row[0] for row in db.execute('SELECT id FROM conversations')}
            self.assertEqual(db.execute('PRAGMA integrity_check').fetchone(), ('ok',))
        db.close()
        self.assertLessEqual(set(before), found)
        self.assertLessEqual(found, set(kept))

    def test_restored_it_is_the_same(self):
        self.filled()
        made = self.make().json()
        self.assertEqual((made['conversations'], made['tickets'], made['attachments']), (2, 1, 1))
        again = self.path('again')
        self.ends(OK, 'backup', 'restore', self.to, '--data', again)
        self.assertEqual(dump(again), dump(self.data))
        for folder in ('attachments', 'versions'):
            self.assertEqual(files(again, folder), files(self.data, folder))
            self.assertTrue(files(again, folder))
        self.assertEqual(read_bytes(again, 'person.key'), read_bytes(self.data, 'person.key'))
        index = {name: data for name, data in files(self.data, 'index').items() if not name.endswith('LOCK')}
        self.assertEqual(files(again, 'index'), index)
        # A service takes it over as it is: the index need not be built anew, and what was asked is there.
        with Service(self.path('kb'), again) as service:
            self.assertTrue(self.ask(service))
            _, err = service.stop()
        self.assertNotIn('built the index', err)

    def test_without_the_index(self):
        self.filled()
        self.make(OK, '--without-index')
        self.assertEqual(sorted(os.listdir(self.to)), ['SHA256SUMS', 'attachments', 'backup.json', 'person.key', 'store.sqlite', 'versions'])
        self.ends(OK, 'backup', 'restore', self.to, '--data', self.path('again'))
        with Service(self.path('kb'), self.path('again')) as service:
            self.ask(service)

    def test_told_to_end_it_leaves_nothing_half_done(self):
        """What it began holds what people wrote, under a name that nobody clears away."""
        self.filled()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            with open(os.path.join(self.data, 'index', 'LOCK'), 'r+b') as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)  # it waits there, the store is copied
                process = subprocess.Popen([BIN, 'backup', 'make', self.to, '--data', self.data], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                           preexec_fn=lambda: signal.signal(number, signal.SIG_DFL))  # the tests may run under nohup, or behind &
                self.addCleanup(process.kill)
                part = f'{self.to}.tmp{process.pid}'
                self.assertTrue(eventually(lambda: os.path.exists(os.path.join(part, 'versions'))))
                process.send_signal(number)
                self.assertEqual(process.wait(30), -number)
            self.assertEqual([name for name in os.listdir(self.folder) if name.startswith('backup')], [])

    def test_the_next_one_takes_away_what_a_killed_one_left(self):
        """Under another name too; not what somebody is making, and nothing that is not ours."""
        self.filled()
        others = {'foglio.tmp999999': 'conti.txt', 'backup.tmpa': 'store.sqlite', 'backup.tmp0': 'store.sqlite', 'aperto.tmp999998': 'store.sqlite'}
        for name, file in others.items():
            os.mkdir(self.path(name), 0o755 if name.startswith('aperto') else 0o700)
            with open(self.path(name, file), 'w'):
                pass
        parts = []
        for name in ('backup-lunedì', 'backup-martedì'):
            with open(os.path.join(self.data, 'index', 'LOCK'), 'r+b') as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                process = subprocess.Popen([BIN, 'backup', 'make', self.path(name), '--data', self.data], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                self.addCleanup(process.kill)
                parts.append(f'{self.path(name)}.tmp{process.pid}')
                self.assertTrue(eventually(lambda: os.path.exists(os.path.join(parts[-1], 'versions'))))
                self.assertEqual([os.path.exists(part) for part in parts], [True] if len(parts) == 1 else [False, True])
                process.kill()
                process.wait(30)
        held = os.open(parts[1], os.O_RDONLY)  # as of a process in another container
        fcntl.flock(held, fcntl.LOCK_EX)
        self.ends(OK, 'backup', 'make', self.to + '1', '--data', self.data)
        self.assertTrue(os.path.exists(parts[1]))
        os.close(held)
        self.ends(OK, 'backup', 'make', self.to + '2', '--data', self.data)
        self.assertFalse(os.path.exists(parts[1]))
        self.assertEqual([name for name in others if not os.path.exists(self.path(name, others[name]))], [])
        self.ends(OK, 'backup', 'verify', self.to + '2')

    def test_what_is_ignored_does_not_end_it(self):
        """nohup sportello backup make …"""
        self.filled()
        with open(os.path.join(self.data, 'index', 'LOCK'), 'r+b') as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            process = subprocess.Popen(['nohup', BIN, 'backup', 'make', self.to, '--data', self.data], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            self.addCleanup(process.kill)
            self.assertTrue(eventually(lambda: os.path.exists(os.path.join(f'{self.to}.tmp{process.pid}', 'versions'))))
            process.send_signal(signal.SIGHUP)
        self.assertEqual(process.wait(60), OK)
        self.ends(OK, 'backup', 'verify', self.to)

    def test_what_is_in_it_is_closed_to_others(self):
        self.filled()
        self.make()
        for where, folders, names in os.walk(self.to):
            for name in folders + names:
                self.assertEqual(stat.S_IMODE(os.lstat(os.path.join(where, name)).st_mode) & 0o077, 0, name)
        self.assertEqual(stat.S_IMODE(os.stat(self.to).st_mode), 0o700)

    @unittest.skipUnless(shutil.which('sha256sum'), 'there is no sha256sum')
    def test_the_list_is_one_that_others_read(self):
        self.filled()
        self.make()
        done = subprocess.run(['sha256sum', '--strict', '--quiet', '-c', 'SHA256SUMS'], cwd=self.to, capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (0, ''), done.stderr)
        self.assertEqual(json.loads(read(os.path.join(self.to, 'backup.json')))['format'], 1)

    def test_nothing_is_written_over(self):
        self.filled()
        self.make()
        before = files(self.to)
        self.says(self.make(NO), 'is there already')
        self.assertEqual(files(self.to), before)
        held = dump(self.data)
        self.says(self.ends(NO, 'backup', 'restore', self.to, '--data', self.data), 'nothing is written over')
        self.assertEqual(dump(self.data), held)
        self.assertEqual([n for n in os.listdir(self.folder) if '.tmp' in n], [])

    def test_not_in_the_data_folder(self):
        """It would go with what it is to replace, and keep what is forgotten."""
        with Service(self.kb(), self.data):
            pass
        for to in (os.path.join(self.data, 'backup'), os.path.join(self.data, 'versions', 'backup'), self.data + '/'):
            done = self.ends(NO, 'backup', 'make', to, '--data', self.data)
            self.says(done, 'is there already' if to.endswith('/') else 'is in the data folder')
        os.makedirs(self.data + '-more')
        self.ends(OK, 'backup', 'make', os.path.join(self.data + '-more', 'backup'), '--data', self.data)
        self.assertFalse([name for name in os.listdir(self.data) if 'backup' in name])

    def test_a_damaged_backup_is_found_and_not_restored(self):
        self.filled()
        self.make()
        for name in ('store.sqlite', 'person.key', 'attachments/abcdef', 'backup.json'):
            path = os.path.join(self.to, name)
            good = read_bytes(self.to, name)
            for bad in (good[:-1], bytes([good[0] ^ 1]) + good[1:], None):
                with self.subTest(name=name, bad=bad and len(bad)):
                    os.remove(path) if bad is None else write(path, bad)
                    self.says(self.ends(NO, 'backup', 'verify', self.to), name)
                    self.ends(FAILED, 'backup', 'restore', self.to, '--data', self.path('again'))
                    self.assertFalse(os.path.exists(self.path('again', 'store.sqlite')))
                    write(path, good)
        self.ends(OK, 'backup', 'verify', self.to)

    def rewrite(self, name, text):
        """Change a file of the backup as whoever made it would have: the list goes along."""
        write(os.path.join(self.to, name), text)
        lines = [line for line in read(os.path.join(self.to, 'SHA256SUMS')).splitlines() if not line.endswith('  ' + name)]
        lines.append(hashlib.sha256(read_bytes(self.to, name)).hexdigest() + '  ' + name)
        write(os.path.join(self.to, 'SHA256SUMS'), '\n'.join(lines) + '\n')

    def assert_of_a_later_one(self, said):
        self.says(self.ends(FAILED, 'backup', 'verify', self.to), 'a newer version of sportello', said)
        self.says(self.ends(FAILED, 'backup', 'restore', self.to, '--data', self.path('again')), 'a newer version of sportello', said)
        self.assertFalse(os.path.exists(self.path('again', 'store.sqlite')))

    def test_a_later_format_is_refused(self):
        """With our schema too; and whatever else a later version does otherwise."""
        self.filled()
        self.make()
        facts = json.loads(read(os.path.join(self.to, 'backup.json')))
        self.rewrite('backup.json', json.dumps({**facts, 'format': 2, 'version': '9.1.0'}))
        self.assert_of_a_later_one('(9.1.0) made it (format 2, this one knows up to 1)')
        os.remove(os.path.join(self.to, 'SHA256SUMS'))
        self.assert_of_a_later_one('format 2')

    def test_a_later_schema_is_refused(self):
        """Told as that, although the tables have other names by then; and no such store is put away without what is not known of it."""
        self.filled()
        self.make()
        for path in (os.path.join(self.to, 'store.sqlite'), os.path.join(self.data, 'store.sqlite')):
            with sqlite3.connect(path) as db:
                db.execute('ALTER TABLE attachments RENAME TO files')
                db.execute('ALTER TABLE conversations RENAME TO talks')
                db.execute('PRAGMA user_version = 99')
            db.close()
        self.rewrite('store.sqlite', read_bytes(self.to, 'store.sqlite'))
        self.assert_of_a_later_one('schema 99')
        done = self.ends(FAILED, 'backup', 'make', self.path('another'), '--data', self.data)
        self.says(done, 'a newer version of sportello', 'back it up with that version')
        self.assertFalse(os.path.exists(self.path('another')))

    def test_a_list_that_leads_out_of_the_folder(self):
        self.filled()
        self.make()
        with open(os.path.join(self.to, 'SHA256SUMS'), 'a', encoding='ascii') as file:
            file.write('0' * 64 + '  ../../etc/passwd\n')
        self.says(self.ends(NO, 'backup', 'verify', self.to), 'SHA256SUMS:')

    def test_a_damaged_store_is_not_put_away_as_a_good_one(self):
        self.filled()
        path = os.path.join(self.data, 'store.sqlite')
        bytes_ = bytearray(read_bytes(self.data, 'store.sqlite'))
        for at in range(4096 * 3, len(bytes_), 4096):
            bytes_[at:at + 64] = b'\xff' * 64
        write(path, bytes(bytes_))
        self.make(FAILED)
        self.assertFalse(os.path.exists(self.to))
        self.assertEqual([n for n in os.listdir(self.folder) if '.tmp' in n], [])

    def test_wrong_calls(self):
        self.ends(USAGE, 'backup')
        self.ends(USAGE, 'backup', 'make')
        self.ends(USAGE, 'backup', 'make', self.to)
        self.ends(USAGE, 'backup', 'take', self.to, '--data', self.data)
        self.says(self.make(NO), 'no store.sqlite')
        self.assertFalse(os.path.exists(self.to))
        self.says(self.ends(NO, 'backup', 'verify', self.folder), 'is no backup')


def read_bytes(*parts):
    with open(os.path.join(*parts), 'rb') as file:
        return file.read()


if __name__ == '__main__':
    unittest.main()
