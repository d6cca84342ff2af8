"""Starting and ending the service: settings, signals, and everything that can be in its way."""

import contextlib
import os
import shutil
import signal
import stat
import socket
import subprocess
import time
import unittest
from unittest import mock

from program import BIN, FAILED, OK, USAGE, Case, Service, article, environment, eventually, read, run, words_only, write

NOBODY = 65534
NEW = '''---
id: nuovo
type: qa
title: Una pagina nuova
category: pagamento
audience: [citizen]
status: published
updated: 2026-01-01
---

Nuova.
'''


class Serve(Case):
    def setUp(self):
        super().setUp()
        self.dir, self.data = self.kb(), self.path('data')

    def service(self, *args):
        service = Service(self.dir, self.data, *args)
        self.addCleanup(service.__exit__)
        return service

    def fails(self, *args, code=FAILED):
        """It must end by itself, with a story on stderr."""
        began = time.monotonic()
        done = self.ends(code, 'serve', *args)
        self.assertLess(time.monotonic() - began, 20)
        self.assertNotIn('listening', done.out)
        self.assertTrue(done.err.startswith('sportello'), str(done))
        return done

    def refused(self, *args, listen='127.0.0.1:0'):
        return self.fails('--kb', self.dir, '--data', self.data, '--listen', listen, *args)


class Signals(Serve):
    def test_it_serves_and_ends(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            service = self.service()
            self.assertEqual(service.call('GET', '/healthz')[0], 200)
            self.assertEqual(service.call('GET', '/readyz')[0], 200)
            code, err = service.stop(number)
            self.assertEqual(code, OK, err)

    def test_told_to_end_before_it_listens(self):
        """The first index of many articles takes its time: it does not wait for that."""
        many = [self.path('kb', 'it', 'accesso', f'molti-{number}.md') for number in range(2000)]
        for path in many:
            slug = os.path.basename(path)[:-3]
            write(path, article(slug, f'Articolo {slug}', f'Il testo di {slug}. ' * 50))
        for number in (signal.SIGTERM, signal.SIGINT):
            process = subprocess.Popen([BIN, *words_only(['serve', '--kb', self.dir, '--data', self.data, '--listen', '127.0.0.1:0'])],
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
            self.addCleanup(process.kill)
            self.assertTrue(eventually(lambda: [n for n in os.listdir(self.path('data', 'index')) if n.startswith('g-')]
                                       if os.path.isdir(self.path('data', 'index')) else [], seconds=60))
            process.send_signal(number)
            out, err = process.communicate(timeout=60)
            self.assertEqual((process.returncode, out, err), (OK, b'', b''))
            shutil.rmtree(self.path('data', 'index'))
        for path in many:
            os.remove(path)
        self.assertEqual(self.service().call('GET', '/readyz')[1]['status'], 'ready')

    def test_a_request_under_way_is_finished(self):
        service = self.service()
        with socket.create_connection(('127.0.0.1', service.port), timeout=20) as client:
            body = b'{"message": "il codice otp non arriva"}'
            head = (
                b'POST /v1/chat HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n'
                % len(body)
            )
            client.sendall(head + body[:10])
            time.sleep(0.3)
            service.process.send_signal(signal.SIGTERM)
            time.sleep(0.2)
            client.sendall(body[10:])
            reply = client.recv(65536)
        self.assertTrue(reply.startswith(b'HTTP/1.1 200'), reply[:200])
        self.assertEqual(service.stop()[0], OK)

    def test_an_idle_connection_does_not_hold_it_up(self):
        service = self.service()
        with socket.create_connection(('127.0.0.1', service.port), timeout=5):
            began = time.monotonic()
            code, err = service.stop()
            self.assertEqual(code, OK, err)
            self.assertLess(time.monotonic() - began, 12)

    def test_hangup_reads_the_configuration_and_opens_the_log_again(self):
        log, conf = self.path('access.log'), self.path('sportello.conf')
        write(conf, f'log: {log}\n')
        service = self.service('--config', conf)
        service.call('GET', '/v1/search?q=gestore')
        self.assertTrue(eventually(lambda: os.path.exists(log) and read(log)))
        os.rename(log, log + '.1')
        service.process.send_signal(signal.SIGHUP)
        self.assertTrue(eventually(lambda: os.path.exists(log)))
        service.call('GET', '/v1/search?q=ricevuta')
        self.assertTrue(eventually(lambda: read(log)))
        self.assertNotIn('gestore', read(log) + read(log + '.1'))  # what people ask is not logged
        code, err = service.stop()
        self.assertEqual(code, OK, err)
        self.assertIn('configuration read again', err)

    def test_hangup_with_a_broken_configuration_goes_on(self):
        conf = self.path('sportello.conf')
        write(conf, 'threads: 2\n')
        service = self.service('--config', conf)
        write(conf, 'threads: 2\nthraeds: 3\n')
        service.process.send_signal(signal.SIGHUP)
        time.sleep(0.3)
        self.assertEqual(service.call('GET', '/healthz')[0], 200)
        code, err = service.stop()
        self.assertEqual(code, OK, err)
        self.assertIn('sportello.conf:2: unknown setting thraeds; did you mean threads?', err)

    def test_hangup_says_what_takes_a_restart(self):
        conf, log = self.path('sportello.conf'), self.path('access.log')
        write(conf, f'threads: 2\nclient-rate: 5\nlog: {log}\n')
        service = self.service('--config', conf)
        service.process.send_signal(signal.SIGHUP)
        self.assertTrue(service.hears('configuration read again'))
        write(conf, f'threads: 2\nclient-rate: 50\nlog: {log}\ntrusted-proxy: 10.0.0.1\n')
        service.process.send_signal(signal.SIGHUP)
        self.assertTrue(service.hears('changed, and takes a restart: trusted-proxy, client-rate\n'))
        # It does not start with this one: better told now than at night.
        write(conf, f'threads: many\nlog: {log}\n')
        os.rename(log, log + '.1')
        service.process.send_signal(signal.SIGHUP)
        self.assertTrue(service.hears('sportello.conf:1: "many" is no value for threads'))
        self.assertTrue(service.hears('what is named above was not taken over: it stays as it was'))
        self.assertTrue(os.path.exists(log))  # the log was moved away all the same
        service.call('GET', '/healthz')
        self.assertTrue(eventually(lambda: '/healthz' in read(log)))
        code, err = service.stop()
        self.assertEqual(code, OK, err)
        self.assertEqual(err.count('takes a restart'), 1, err)

    def test_what_is_typed_wins_after_a_hangup_too(self):
        conf, typed, other = self.path('sportello.conf'), self.path('typed.log'), self.path('other.log')
        write(conf, f'log: {other}\n')
        service = self.service('--config', conf, '--log', typed)
        service.process.send_signal(signal.SIGHUP)
        self.assertTrue(service.hears('configuration read again'))
        service.call('GET', '/healthz')
        self.assertTrue(eventually(lambda: '/healthz' in read(typed)))
        self.assertFalse(os.path.exists(other))

    def test_a_store_that_is_taken_away_acknowledges_nothing(self):
        """What is written into a file without a name is gone with the process."""
        service, ticket = self.service('--log', self.path('access.log')), {'category': 'accesso', 'message': 'prova'}
        self.assertEqual(service.call('POST', '/v1/tickets', ticket)[0], 201)
        path = os.path.join(self.data, 'store.sqlite')
        os.rename(path, path + '.away')
        self.assertEqual(service.call('POST', '/v1/tickets', ticket)[0], 503)
        self.assertEqual(service.call('GET', '/readyz')[1]['store']['write'], 'io')
        self.assertIn('was taken away or replaced while it was open', read(self.path('access.log')))
        os.rename(path + '.away', path)
        self.assertEqual(service.call('POST', '/v1/tickets', ticket)[0], 201)
        shutil.copy(path, path + '.copy')
        os.rename(path + '.copy', path)
        self.assertEqual(service.call('POST', '/v1/tickets', ticket)[0], 503)
        self.assertEqual(service.stop()[0], OK)

    def test_an_index_that_is_taken_away_is_no_fault_of_who_asks(self):
        """A program that sends tickets comes again after 503; after 400 it gives the ticket up."""
        service = self.service()
        os.rename(os.path.join(self.data, 'index'), self.path('index-away'))
        statuses = {service.call('POST', '/v1/tickets', {'category': 'accesso', 'message': 'prova'})[0] for _ in range(50)}
        self.assertLessEqual(statuses, {201, 503})
        self.assertTrue(eventually(lambda: service.call('POST', '/v1/tickets', {'category': 'accesso', 'message': 'prova'})[0] == 201))

    def test_killed_it_starts_again(self):
        service = self.service()
        status, ticket = service.call('POST', '/v1/tickets', {'category': 'accesso', 'message': 'prova', 'fields': {}})
        self.assertEqual(status, 201, ticket)
        service.process.kill()
        service.process.communicate()
        service = self.service()
        self.assertEqual(service.call('GET', '/v1/search?q=gestore')[1]['total'], 1)
        again = service.call('POST', '/v1/tickets', {'category': 'accesso', 'message': 'prova', 'fields': {}})
        self.assertEqual(again[0], 201)
        self.assertNotEqual(again[1]['number'], ticket['number'])


class Configuration(Serve):
    def test_a_file_gives_what_is_not_typed(self):
        conf = self.path('sportello.conf')
        write(conf, f'# the service\nkb: {self.dir}\ndata: {self.data}\nlisten: 127.0.0.1:1\nthreads: 2\n')
        # the address is typed, and wins; kb and data come from the file
        process = subprocess.Popen(
            [BIN, 'serve', '--config', conf, '--listen', '127.0.0.1:0', '--encoder', 'none'],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(),
        )
        self.addCleanup(lambda: process.poll() is None and process.kill())
        self.assertIn(b'listening on http://127.0.0.1:', process.stdout.readline())
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=30)
        self.assertEqual(process.returncode, OK, err)

    def test_mistakes_name_file_and_line(self):
        conf = self.path('sportello.conf')
        for text, line, says in (
            ('threads: 2\nkb: x\ncolour: red\n', 3, 'unknown setting colour'),
            ('lisen: 127.0.0.1:80\n', 1, 'unknown setting lisen; did you mean listen?'),
            ('\n\nthreads: many\n', 3, 'a number from 0 to 256 is needed'),
            ('kb /srv/kb\n', 1, 'the colon is missing'),
            ('as-of: 2021-03-15\n', 1, 'as-of does not stand in this file: type it, as --as-of'),
            ('threads: 2\nlisten: 127.0.0.1:1\nthreads: 3\n', 3, 'threads is on line 1 already; keep one of the two'),
            ('data:\n', 1, 'data has no value; to leave it out, put # in front of the line'),
            ('log: # nowhere\n', 1, 'log has no value'),
            ('log: "/var/log/x\n', 1, 'a quotation mark begins it, and none ends it'),
            ('public-url: aiuto.example.org\n', 1, '"aiuto.example.org" is no value for public-url: an address such as https://help.example.org is needed'),
        ):
            with self.subTest(text=text):
                write(conf, text)
                self.says(self.refused('--config', conf), f'sportello: {conf}:{line}: ', says)

    def test_as_other_editors_write_it(self):
        """A mark in front, ends of lines of Windows, comments behind values, quotes: what is meant is plain."""
        conf = self.path('sportello.conf')
        write(conf, f'\ufeffkb: "{self.dir}"  # the articles\r\ndata : {self.data}\r\nlog: none # nothing\r\nencoder: none\r\nlisten: 127.0.0.1:1\r\n')
        process = subprocess.Popen([BIN, 'serve', '--config', conf, '--listen', '127.0.0.1:0'], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   cwd=self.path(), env=environment())
        self.addCleanup(lambda: process.poll() is None and process.kill())
        self.assertIn(b'listening on http://127.0.0.1:', process.stdout.readline())
        process.send_signal(signal.SIGTERM)
        self.assertEqual((process.communicate(timeout=30)[0], process.returncode), (b'', OK))
        self.assertFalse([name for name in os.listdir(self.path()) if 'none' in name])

    def test_a_file_in_utf_16(self):
        conf = self.path('sportello.conf')
        with open(conf, 'wb') as file:
            file.write('threads: 2\n'.encode('utf-16'))
        self.says(self.refused('--config', conf), f'sportello: {conf}: is no plain text; save it as UTF-8')

    def test_a_file_that_is_not_there(self):
        self.says(self.refused('--config', self.path('none.conf')), 'none.conf')

    def test_addresses_that_mean_nothing(self):
        for address in ('nonsense', '127.0.0.1', '127.0.0.1:99999', '127.0.0.1:http', '999.1.1.1:80', ''):
            with self.subTest(address=address):
                done = run('serve', '--kb', self.dir, '--data', self.data, '--listen', address)
                self.assertIn(done.code, (2, FAILED), str(done))
                self.assertRegex(done.err, r'(?m)^sportello: .*address', str(done))

    def test_how_long_and_how_many_wait_for_the_encoder(self):
        for setting, most in (('--encoder-deadline', 60000), ('--encoder-waiting', 10000)):
            for value in ('0', str(most + 1), 'long'):
                with self.subTest(setting=setting, value=value):
                    done = self.fails('--kb', self.dir, '--data', self.data, setting, value, code=2)
                    self.says(done, f'a number from 1 to {most} is needed')
        service = self.service('--encoder', 'none', '--encoder-deadline', '250', '--encoder-waiting', '8')
        self.assertIn('sportello_encoder_waiting 0\n', service.call('GET', '/metrics')[1])
        self.assertFalse(os.path.exists(os.path.join(self.data, 'remembered-questions')))

    def test_an_encoder_that_is_not_built_in(self):
        self.says(
            self.fails('--kb', self.dir, '--data', self.data, '--encoder', 'nothing-like-it', code=2), 'nothing-like-it'
        )


class Closed(Serve):
    """What people wrote is for the service's user alone, whatever the shell's umask is; and that user is not root."""

    def modes(self):
        found = {}
        for root, folders, names in os.walk(self.data):
            found.update({os.path.relpath(os.path.join(root, name), self.data): stat.S_IMODE(os.lstat(os.path.join(root, name)).st_mode) for name in folders + names})
        return found

    def assertClosed(self):
        self.assertEqual(stat.S_IMODE(os.stat(self.data).st_mode), 0o700)
        modes = self.modes()
        self.assertEqual({name: oct(mode) for name, mode in modes.items() if mode & 0o077}, {})
        return modes

    def test_the_data_folder_is_for_its_owner(self):
        self.addCleanup(os.umask, os.umask(0o022))
        log = self.path('access.log')
        service = self.service('--log', log)
        self.assertEqual(service.call('POST', '/v1/tickets', {'message': 'non entro', 'category': 'accesso'})[0], 201)
        service.stop()
        modes = self.assertClosed()
        self.assertTrue({'store.sqlite', 'index/CURRENT', 'person.key'} <= set(modes), modes)
        self.assertEqual(stat.S_IMODE(os.stat(log).st_mode), 0o640)  # who reads logs need not be who reads tickets

    def test_whoever_makes_it(self):
        self.addCleanup(os.umask, os.umask(0))
        self.ends(OK, 'index', '--kb', self.dir, '--data', self.data)
        self.assertClosed()
        shutil.rmtree(self.data)
        self.ends(OK, 'token', 'add', '--subject', 'ada', '--audience', 'agent-l1', '--data', self.data)
        self.assertClosed()

    @unittest.skipUnless(os.geteuid() == 0, 'only root works in the folder of another user')
    def test_what_root_makes_in_it_is_its_owners(self):
        """The administrator types sportello token add, or index; the service, a user of its own, is to open what they made."""
        os.makedirs(self.data, mode=0o700)
        os.chown(self.data, NOBODY, NOBODY)
        # LeakSanitizer cannot look into a process that became somebody else.
        without_leaks = mock.patch.dict(os.environ, ASAN_OPTIONS=os.environ.get('ASAN_OPTIONS', '') + ':detect_leaks=0')
        without_leaks.start()
        self.addCleanup(without_leaks.stop)
        for folder, _, names in os.walk(self.path()):
            for name in ['', *names]:
                os.chmod(os.path.join(folder, name), 0o644 if name else 0o755) if self.data not in folder else None
        def strangers():
            return [name for folder, folders, names in os.walk(self.data) for name in folders + names if os.lstat(os.path.join(folder, name)).st_uid != NOBODY]
        self.ends(OK, 'token', 'add', '--subject', 'ada', '--audience', 'agent-l1', '--data', self.data, '--kb', self.dir)
        self.ends(OK, 'index', '--kb', self.dir, '--data', self.data)
        self.ends(OK, 'report', '--rebuild', '--data', self.data)
        self.ends(OK, 'token', 'revoke', '--id', '1', '--data', self.data)
        self.assertEqual(strangers(), [])
        self.assertIn('os:root', self.ends(OK, 'audit', 'list', '--data', self.data).out)  # who it was is noted all the same
        done = subprocess.run(['setpriv', '--reuid', str(NOBODY), '--regid', str(NOBODY), '--clear-groups', 'timeout', '-s', 'TERM', '3', BIN,
                               *words_only(['serve', '--kb', self.dir, '--data', self.data, '--listen', '127.0.0.1:0'])], capture_output=True, cwd='/', env=environment())
        self.assertIn(b'listening', done.stdout, done.stderr)

    def test_one_that_is_there_stays_as_its_owner_made_it(self):
        os.mkdir(self.data, 0o750)
        os.chmod(self.data, 0o750)
        self.service().stop()
        self.assertEqual(stat.S_IMODE(os.stat(self.data).st_mode), 0o750)
        self.assertEqual([name for name, mode in self.modes().items() if mode & 0o077], [])

    def said(self, lang='en', user=None, **env):
        env = environment(lang, **env)
        process = subprocess.Popen([BIN, *words_only(['serve', '--kb', self.dir, '--data', self.data, '--listen', '127.0.0.1:0'])], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env=env, user=user, group=user, extra_groups=None if user is None else [], cwd='/')
        try:
            self.assertIn(b'listening on', process.stdout.readline())
        finally:
            process.terminate()
            err = process.communicate(timeout=30)[1].decode()
        return err

    @unittest.skipUnless(os.geteuid() == 0, 'for root')
    def test_root_is_told_once_that_another_user_would_do(self):
        os.environ.pop('container', None)
        is_container = any(map(os.path.exists, ('/.dockerenv', '/run/.containerenv'))) or 'KUBERNETES_SERVICE_HOST' in os.environ
        for lang, word in (('it', 'gira come root'), ('en', 'it runs as root'), ('de', 'er läuft als root')):
            self.assertEqual(self.said(lang).count(word), 0 if is_container else 1, lang)
        self.assertNotIn('root', self.said(container='podman'))
        shutil.rmtree(self.data)
        if subprocess.run([BIN, 'version'], user=65534, group=65534, cwd='/', stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode != 0:
            return  # it stands where others may not look
        os.chmod(self.folder, 0o755)
        os.mkdir(self.data, 0o700)
        os.chown(self.data, 65534, 65534)
        self.assertNotIn('root', self.said(user=65534))

    @unittest.skipUnless(os.geteuid() == 0, 'for root')
    def test_root_is_told_that_the_data_is_another_users(self):
        """In a container too: the service that runs as that user could not open what root made."""
        for lang, word in (('it', 'è di un altro utente'), ('en', "is another user's"), ('de', 'gehört einem anderen Benutzer')):
            shutil.rmtree(self.data, ignore_errors=True)
            os.mkdir(self.data, 0o700)
            os.chown(self.data, NOBODY, NOBODY)
            said = self.said(lang)
            self.assertEqual(said.count(word), 1, said)
            self.assertIn('chown -R --reference=', said)
        shutil.rmtree(self.data)
        self.assertNotIn('chown', self.said())


class InTheWay(Serve):
    def test_the_port_is_in_use(self):
        with socket.create_server(('127.0.0.1', 0)) as holder:
            port = holder.getsockname()[1]
            self.says(
                self.refused(listen=f'127.0.0.1:{port}'), f'another program listens on 127.0.0.1:{port}', '--listen'
            )

    def test_the_data_folder_is_in_use(self):
        service = self.service()
        done = self.refused()
        self.says(done, self.data, 'another sportello', str(service.process.pid), '--data')
        self.assertEqual(service.call('GET', '/healthz')[0], 200)

    def test_the_data_folder_is_that_of_the_articles(self):
        """It would put what people write into their git."""
        before = sorted(os.listdir(self.path('kb')))
        for command in ('serve', 'index'):
            self.says(self.ends(USAGE, command, '--kb', self.path('kb'), '--data', self.path('kb', 'it', '..'), '--encoder', 'none'), 'another with --data')
        self.assertEqual(sorted(os.listdir(self.path('kb'))), before)

    def test_the_knowledge_base_is_not_there(self):
        self.says(
            self.fails('--kb', self.path('none'), '--data', self.data, '--listen', '127.0.0.1:0'), self.path('none')
        )

    def test_kb_yaml_is_broken(self):
        write(self.path('kb', 'kb.yaml'), 'languages: [it\n')
        done = self.refused()
        self.assertRegex(done.err, r'kb\.yaml:\d+: ')

    def test_a_broken_article_does_not_keep_it_from_starting(self):
        write(self.path('kb', 'it', 'accesso', 'rotto.md'), '---\nid: rotto\n---\n')
        service = self.service()
        status, ready = service.call('GET', '/readyz')
        self.assertEqual(status, 200)
        self.assertIn('rotto.md', str(ready))
        self.assertEqual(service.call('GET', '/v1/search?q=gestore')[1]['total'], 1)
        code, err = service.stop()
        self.assertEqual(code, OK)
        self.assertIn('rotto.md:', err)

    def bound_user(self):
        """Options of a service that permissions bind: root they do not."""
        if os.geteuid() != 0:
            return {}
        os.mkdir(self.data)
        for path in (self.folder, self.data):
            os.chmod(path, 0o755)
        os.chown(self.data, NOBODY, -1)
        return {'user': NOBODY, 'extra_groups': []}

    def stays_closed(self, mode):
        user = self.bound_user()
        closed, other = self.path('kb', 'it', 'accesso'), self.path('kb', 'it', 'pagamento', 'nuovo.md')
        service = Service(self.dir, self.data, **user)
        self.addCleanup(service.__exit__)
        self.addCleanup(os.chmod, closed, 0o755)
        known = [f'/v1/articles/{name[:-3]}' for name in os.listdir(closed)]
        before = [service.call('GET', path)[0] for path in known]
        self.assertIn(200, before)
        os.chmod(closed, mode)
        write(other, NEW)
        self.assertTrue(eventually(lambda: service.call('GET', '/v1/articles/nuovo')[0] == 200))
        self.assertEqual([service.call('GET', path)[0] for path in known], before)
        self.assertIn(closed, [broken['file'] for broken in service.call('GET', '/readyz')[1]['broken']])
        check = subprocess.run([BIN, 'check', '--kb', self.dir], capture_output=True, text=True, env=environment(), **user)
        self.assertIn(f'{closed}:1:1: error: The folder "it/accesso" cannot be read', check.stdout)

    def test_a_folder_that_may_not_be_read_does_not_hold_up_the_others(self):
        self.stays_closed(0)

    def test_a_folder_that_may_be_listed_but_not_entered(self):
        """`chmod 644` on a folder: its files are not gone."""
        self.stays_closed(0o444)

    def test_what_is_below_the_articles_is_not_looked_into(self):
        """Pictures, say, by the thousand: each save would wait for a look at all of them."""
        pictures = self.path('kb', 'it', 'accesso', 'img')
        user = self.bound_user()
        os.mkdir(pictures, 0)
        self.addCleanup(os.chmod, pictures, 0o755)
        service = Service(self.dir, self.data, **user)
        self.addCleanup(service.__exit__)
        self.assertEqual(service.call('GET', '/readyz')[1].get('broken', []), [])

    def test_a_file_in_the_place_of_the_data_folder(self):
        write(self.data, 'x')
        self.says(self.refused(), self.data)
        done = self.ends(FAILED, 'index', '--kb', self.dir, '--data', self.data)
        self.says(done, self.data)

    def test_a_data_folder_that_may_not_be_written(self):
        os.mkdir(self.data)
        os.chmod(self.data, 0o500)
        self.addCleanup(os.chmod, self.data, 0o700)
        with contextlib.suppress(OSError):
            with open(os.path.join(self.data, 'probe'), 'w', encoding='utf-8'):
                os.remove(os.path.join(self.data, 'probe'))
                self.skipTest('permissions do not bind this user')
        self.says(self.refused(), self.data)

    def test_the_log_cannot_be_written(self):
        self.says(self.refused('--log', self.path('no', 'folder', 'access.log')), 'access.log')


class FullDisk(Serve):
    def setUp(self):
        super().setUp()
        if os.geteuid() != 0:
            self.skipTest('a small disk can be mounted by root only')
        os.mkdir(self.data)
        self.mount('512k')

    def mount(self, size):
        done = subprocess.run(
            ['mount', '-t', 'tmpfs', '-o', f'size={size}', 'tmpfs', self.data], stderr=subprocess.PIPE
        )
        if done.returncode != 0:
            self.skipTest('mounting is not allowed here: ' + done.stderr.decode().strip())
        self.addCleanup(subprocess.run, ['umount', '-l', self.data], stderr=subprocess.DEVNULL)

    def fill(self):
        with open(os.path.join(self.data, 'ballast'), 'wb', buffering=0) as file:
            with contextlib.suppress(OSError):
                while True:
                    file.write(b'x' * 4096)

    def test_no_room_to_start(self):
        self.fill()
        done = self.refused()
        self.says(done, 'No space left on device', self.data)
        done = self.ends(FAILED, 'index', '--kb', self.dir, '--data', self.data)
        self.says(done, 'No space left on device')
        os.remove(os.path.join(self.data, 'ballast'))
        subprocess.run(['mount', '-o', 'remount,size=64m', self.data], check=True)
        self.ends(OK, 'index', '--kb', self.dir, '--data', self.data)

    def test_no_room_for_the_articles(self):
        """Wherever the disk's end comes while they are put in: it is told, not an article, and nothing ends but the command."""
        subprocess.run(['mount', '-o', 'remount,size=64m', self.data], check=True)
        for number in range(400):
            write(self.path('kb', 'it', 'accesso', f'molti-{number}.md'),
                  article(f'molti-{number}', f'Articolo numero {number}', ' '.join(f'parola{number}x{i}' for i in range(150))))
        ended = []
        for size in range(1, 33):
            subprocess.run(['mount', '-o', f'remount,size={size}m', self.data], check=True)
            done = run('index', '--kb', self.dir, '--data', self.data)
            ended.append(done.code)
            if done.code == OK:
                break
            self.assertEqual(done.code, FAILED, f'{size} MB: {done}')
            self.says(done, 'No space left on device')
            self.assertNotIn('cancel', done.err)
        self.assertGreater(len(ended), 4)
        self.assertEqual(ended[-1], OK)

    def test_no_room_for_a_rebuild_leaves_the_old_index(self):
        subprocess.run(['mount', '-o', 'remount,size=64m', self.data], check=True)
        self.ends(OK, 'index', '--kb', self.dir, '--data', self.data)
        self.fill()
        done = self.ends(FAILED, 'index', '--kb', self.dir, '--data', self.data)
        self.says(done, 'No space left on device')
        found = self.ends(OK, 'search', '--kb', self.dir, '--data', self.data, '--json', 'gestore').json()
        self.assertEqual(found['results'][0]['id'], 'otp')

    def test_a_ticket_that_cannot_be_stored_is_not_acknowledged(self):
        subprocess.run(['mount', '-o', 'remount,size=64m', self.data], check=True)
        service = self.service()
        ticket = {'category': 'accesso', 'message': 'x' * 1500, 'fields': {}}
        self.assertEqual(service.call('POST', '/v1/tickets', ticket)[0], 201)
        self.fill()
        statuses = [service.call('POST', '/v1/tickets', ticket)[0] for _ in range(200)]
        self.assertIn(503, statuses)
        self.assertEqual(service.call('GET', '/v1/search?q=gestore')[1]['total'], 1)  # reading goes on
        os.remove(os.path.join(self.data, 'ballast'))
        self.assertTrue(eventually(lambda: service.call('POST', '/v1/tickets', ticket)[0] == 201))
        code, err = service.stop()
        self.assertEqual(code, OK, err)


if __name__ == '__main__':
    unittest.main()
